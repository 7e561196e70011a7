import { Command } from 'commander';
import { SNAPSHOT_DIRECTORY, snapshotsOf, writeSnapshots } from '../shared/snapshots';
import { environmentsNamed, synthesize } from '../shared/synthesis';

/** `npm run snapshots`: accepts the templates as they are now; the change shows in the pull request. */
export function snapshotsCommand(): Command {
  return new Command('snapshots')
    .description('write the synthesized templates as the snapshots that the tests compare with')
    .option('--json', 'print the files that were written as JSON', false)
    .action(({ json }: { json: boolean }) => {
      const snapshots = snapshotsOf(synthesize(environmentsNamed([])).assembly);
      writeSnapshots(snapshots);
      const files = [...snapshots.keys()];
      process.stdout.write(
        json
          ? `${JSON.stringify(files)}\n`
          : `${files.length} snapshots under ${SNAPSHOT_DIRECTORY}; review them with git diff\n`,
      );
    });
}
