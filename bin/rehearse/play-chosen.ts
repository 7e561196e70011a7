import path from 'node:path';
import { Players, type RehearsalReport, rehearse, seedsUpTo } from '../../analysis/rehearsal';
import { applicationOf } from './application';
import type { RehearseOptions } from './options';
import type { Subject } from './subject';
import { chosenScenarios } from './traffics';

/** Players on so many cores; 0 plays in this process. Stop them in the end. */
export function startPlayers(workers: number): Players {
  return new Players(workers, path.join(__dirname, '..', 'analysis', 'rehearsal-worker.js'));
}

/** Plays what the flags choose through a service, and says on standard error where it is. */
export function playChosen(subject: Subject, flags: RehearseOptions, players: Players): Promise<RehearsalReport> {
  const scenarios = chosenScenarios(flags, subject.objectives);
  const progress = (text: string): void => {
    process.stderr.write(`  ${text}\n`);
  };
  const given = { ...subject, application: applicationOf(flags, subject) };
  return rehearse(given, scenarios, players, seedsUpTo(flags.seeds), progress);
}
