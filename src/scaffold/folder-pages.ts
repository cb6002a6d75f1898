/** Pages that GitHub shows when a folder is opened. */

export function requestsPage(): string {
  return `# Requests

One file per question: \`<year>/<month>/<day>/<id>.yaml\`. A request is written once and never changed; the answer lies
under the same date and id in [results](../results/README.md).

Ask from a terminal:

\`\`\`
claude-warroom investigate
\`\`\`

Or write down what you know and let the program fill in id, times and nonce:

\`\`\`yaml
# request.yaml, sent by  claude-warroom investigate -f request.yaml
apiVersion: warroom.intility.io/v1
kind: TroubleshootingRequest
metadata:
  name: api-timeout
spec:
  targetCluster:
    type: hub
    name: production-hub
  issue:
    description: API server answers after 30 s
\`\`\`

All fields and their limits are in [request.schema.json](../schemas/request.schema.json); \`claude-warroom validate FILE\`
checks a file before it is sent.

A file that ends in \`.cancel.yaml\` withdraws the request beside it. A file that ends in \`.sig\` is the signature of the
file beside it.
`;
}

export function clustersPage(): string {
  return `# Clusters

One file per cluster that can be asked: its name, type, owner and what can be looked at. They are for people and menus
only. Which requests a processor runs is decided in its own secure zone, so a change here opens no door.

Add one from a terminal:

\`\`\`
claude-warroom cluster add production-hub --type hub --description "hub of the production fleet"
\`\`\`

The fields are in [cluster-registration.schema.json](../schemas/cluster-registration.schema.json).
\`claude-warroom cluster list\` shows which processors are alive.
`;
}

export function approvalsPage(): string {
  return `# Approvals

Agreements of people to a proposed change of a cluster, one file per person: \`<year>/<month>/<day>/<id>/<n>.yaml\` with
its signature. Investigations only read and need none.
`;
}
