import { formatYamlObjects } from '../schema/yaml-objects.ts';

/** A processor in a container of Docker or Podman, confined as in a cluster. */
export function composeFile(options: {
  readonly image: string;
  /** Folder of the machine with processor.yaml and what it names; absolute. */
  readonly configDir: string;
  readonly uid: number;
}): string {
  const { image, configDir, uid } = options;
  return formatYamlObjects([
    {
      name: 'claude-warroom',
      services: {
        processor: {
          image,
          command: ['processor', 'run', '--config', '/etc/claude-warroom/processor.yaml', '--log', 'json'],
          user: `${uid}:0`,
          read_only: true,
          init: true,
          restart: 'unless-stopped',
          stop_grace_period: '300s',
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          pids_limit: 512,
          mem_limit: '3g',
          cpus: 2,
          tmpfs: ['/tmp:size=1g,mode=1777'],
          volumes: [
            { type: 'bind', source: configDir, target: '/etc/claude-warroom', read_only: true },
            { type: 'volume', source: 'state', target: '/var/lib/claude-warroom' },
          ],
          healthcheck: {
            // Podman Compose passes on a list of words wrongly quoted.
            test: ['CMD-SHELL', 'claude-warroom status --local --config /etc/claude-warroom/processor.yaml'],
            interval: '60s',
            timeout: '15s',
            start_period: '30s',
          },
          logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
        },
      },
      volumes: { state: {} },
    },
  ]);
}
