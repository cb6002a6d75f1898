/**
 * A workflow that lints request files where they are pushed or proposed. It may read the repository and nothing else,
 * and no text from a commit reaches a shell: values come in as variables, file names separated by NUL.
 */
export function requestWorkflow(options: { readonly branch: string; readonly version: string }): string {
  return `name: validate requests

on:
  pull_request:
    paths: ['requests/**', 'clusters/**']
  push:
    branches: ['${options.branch}']
    paths: ['requests/**', 'clusters/**']

permissions:
  contents: read

jobs:
  validate:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803 # v6.1.0
        with:
          fetch-depth: 0
          filter: blob:none
          persist-credentials: false
      - uses: actions/setup-node@249970729cb0ef3589644e2896645e5dc5ba9c38 # v6.5.0
        with:
          node-version: 24
          package-manager-cache: false
      - name: check the files that were added or changed
        env:
          BASE: \${{ github.event.pull_request.base.sha || github.event.before }}
          VERSION: '${options.version}'
        run: |
          set -euo pipefail
          # A new branch has no commit before it: then every file is checked.
          if ! git cat-file -e "$BASE^{commit}" 2>/dev/null; then BASE=$(git hash-object -t tree /dev/null); fi
          git diff --name-only -z --no-renames --diff-filter=AM "$BASE" HEAD -- \\
            ':(glob)requests/**/*.yaml' ':(glob)clusters/*.yaml' > "$RUNNER_TEMP/changed"
          # What a file says must not be read as a command to the runner.
          token=$(openssl rand -hex 16)
          echo "::stop-commands::$token"
          result=0
          xargs -0 -r npx --yes "claude-warroom@$VERSION" validate -- < "$RUNNER_TEMP/changed" || result=1
          echo "::$token::"
          exit "$result"
`;
}
