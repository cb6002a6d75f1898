/** Front page of a war room, for a reader in GitHub who has never heard of the tool. `address` is where others find it. */
export function readmePage(address: string | undefined): string {
  return `# War room

This repository is a message bus for incident investigations. Somebody asks what is wrong with a cluster; a processor
inside the cluster's own network reads the question from here, looks, and pushes a report back. The processor only makes
outgoing connections to this repository, and its investigations only read.

\`\`\`mermaid
flowchart LR
  person(["you"]) -- "a request file" --> repository[("this repository")]
  processor["processor, next to the cluster"] -- "looks for requests" --> repository
  processor -- "reads" --> cluster["cluster"]
  processor -- "report and evidence" --> repository
  repository -- "the report as a page" --> person
\`\`\`

## Read an answer

Open [results](results/README.md): open questions stand on top, then the newest answers. The page of an answer begins with
the cause, how sure it is, and what to do now. Every claim quotes the output of a command, and that output lies in the
\`evidence\` folder beside the page. What could not be found out is listed too.

## Ask a question

With Node.js 20.19 or newer and git:

\`\`\`
npx claude-warroom investigate --repo ${address ?? '<address of this repository>'}
\`\`\`

It asks for the cluster and for what you see, and pushes one file to [requests](requests/README.md). On a terminal
\`claude-warroom follow @last\` shows the investigation live and \`claude-warroom get-results @last\` prints the report.
Which clusters can be asked is in [clusters](clusters/README.md).

## Emergency brake

A file named \`PAUSE\` in the top folder stops everything: no processor starts an investigation while it is there.
Anybody who may push can set it, in the browser too: *Add file → Create new file*, name it \`PAUSE\`, write down why. From
a terminal:

\`\`\`
claude-warroom pause --reason "change freeze"
claude-warroom resume --reason "freeze is over"
\`\`\`

A pause that is set in the secure zone of a processor stays on, whatever happens here.

## What is where

| Folder | What it holds | Who writes it |
| --- | --- | --- |
| [requests](requests/README.md) | the questions, one file each, never changed | people, alerts |
| [results](results/README.md) | reports, evidence, status | processors |
| [clusters](clusters/README.md) | which clusters can be asked | people |
| [approvals](approvals/README.md) | agreements to proposed changes | people |
| [schemas](schemas) | the format of every file | claude-warroom |

## What this repository is not

- It is not where trust is decided: who may ask for what is configured next to each processor, out of reach of a push.
- It holds no secrets. Evidence is cleaned of credentials before it is published; do not put any into a request.
- Nothing here is deployed or executed. Do not point Argo CD or Flux at it.
`;
}
