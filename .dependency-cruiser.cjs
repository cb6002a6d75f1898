// Who may import whom (docs/architecture.md): lib | domain | pure modules | ports | adapters | loops | composition | cli.
const pure = '^src/(schema|synthesis|redaction|report|playbook|config|command-policy|policy)/';
const adapters =
  '^src/(repository/git|target/(?:local|ssh|containers|kubernetes|metrics)|cluster-broker|executor/kubernetes-job|publisher/(?:s3|configmap))/';
const rule = (name, from, to, comment) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-circular', {}, { circular: true }, 'modules form layers'),
    rule('lib-knows-nothing', { path: '^src/lib/' }, { path: '^src/(?!lib/)' }, 'lib is free of this product'),
    rule(
      'domain-is-pure',
      { path: '^src/domain/' },
      { path: '^src/(?!domain/|lib/|schema/generated)' },
      'the domain knows lib and the generated types only',
    ),
    rule(
      'domain-has-no-packages',
      { path: '^src/domain/' },
      { dependencyTypes: ['npm', 'core'] },
      'no I/O in the domain',
    ),
    rule(
      'pure-modules-see-no-ports',
      { path: pure },
      { path: '^src/(repository|target|executor|publisher|processor|client|cli|admission)/(?!port\\.ts)' },
      'pure modules stand left of ports',
    ),
    rule(
      'ports-know-no-adapters',
      { path: '^src/(repository|target|executor|publisher)/[^/]+\\.ts$' },
      { path: adapters },
      'ports name what must be done',
    ),
    rule(
      'only-composition-knows-adapters',
      {
        path: '^src/',
        pathNot: `^src/composition[^/]*\\.ts$|^src/kubernetes/|${adapters.slice(1)}`,
      },
      { path: adapters },
      'configuration becomes adapters in one file',
    ),
    rule(
      'only-schema-uses-ajv-and-yaml',
      { path: '^src/', pathNot: '^src/schema/' },
      { path: '^node_modules/(ajv|ajv-formats|yaml)/' },
    ),
    rule(
      'only-command-policy-uses-unbash',
      { path: '^src/', pathNot: '^src/command-policy/' },
      { path: '^node_modules/unbash/' },
      'one reader of shell text',
    ),
    rule(
      'only-git-uses-simple-git',
      { path: '^src/', pathNot: '^src/repository/git/' },
      { path: '^node_modules/simple-git/' },
    ),
    rule(
      'only-s3-uses-the-aws-sdk',
      { path: '^src/', pathNot: '^src/publisher/s3/' },
      { path: '^node_modules/@aws-sdk/' },
      'it takes a while to load',
    ),
    rule('loops-stay-below-the-cli', { path: '^src/(?!cli/)' }, { path: '^src/cli/' }),
    rule('no-orphans', { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$' }, {}),
    rule('no-dev-dependencies', { path: '^src/' }, { dependencyTypes: ['npm-dev'] }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
