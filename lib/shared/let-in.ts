import * as ec2 from 'aws-cdk-lib/aws-ec2';

/**
 * Opens `server` to `client`. The rule lives with the client, as a remote one, so that this stack need not know the
 * other; and the client may reach out anyway, so it gets no rule of its own.
 */
export function letIn(client: ec2.IConnectable, server: ec2.IConnectable, reason: string): void {
  const { securityGroups, defaultPort = ec2.Port.allTcp() } = server.connections;
  for (const group of securityGroups) {
    for (const peer of client.connections.securityGroups) group.addIngressRule(peer, defaultPort, reason, true);
  }
}
