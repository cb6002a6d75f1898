/**
 * What is kept of `docker inspect` and `podman inspect`: state, restarts, limits, ports, mounts, addresses, labels.
 * Environment, command lines, health check commands and the rest stay on the host, because passwords live there.
 */
export function reduceInspect(stdout: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(stdout);
  } catch {
    return undefined;
  }
  const items: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return `${JSON.stringify(items.map(reduced), undefined, 2)}\n`;
}

type Fields = Readonly<Record<string, unknown>>;

function reduced(item: unknown): Fields {
  const root = fields(item);
  const host = fields(root['HostConfig']);
  const network = fields(root['NetworkSettings']);
  const config = fields(root['Config']);
  return present({
    Name: root['Name'],
    Image: root['Image'],
    ImageName: root['ImageName'],
    State: state(fields(root['State'])),
    RestartCount: root['RestartCount'],
    HostConfig: present({
      RestartPolicy: host['RestartPolicy'],
      Memory: host['Memory'],
      PortBindings: host['PortBindings'],
    }),
    Mounts: list(root['Mounts']).map((mount) => {
      const { Source, Destination, RW } = fields(mount);
      return present({ Source, Destination, RW });
    }),
    NetworkSettings: present({ Ports: network['Ports'], Networks: addresses(fields(network['Networks'])) }),
    Config: present({ Image: config['Image'], Labels: config['Labels'] }),
  });
}

/** The output of health checks is text of the application; what it says is kept, which command it ran is not there. */
function state(all: Fields): Fields {
  const names = [
    'Status',
    'Running',
    'Paused',
    'Restarting',
    'OOMKilled',
    'Dead',
    'Pid',
    'ExitCode',
    'Error',
    'StartedAt',
    'FinishedAt',
    'Health',
    'Healthcheck',
  ];
  return present(Object.fromEntries(names.map((name) => [name, all[name]])));
}

function addresses(networks: Fields): Fields {
  return Object.fromEntries(
    Object.entries(networks).map(([name, network]) => [name, present({ IPAddress: fields(network)['IPAddress'] })]),
  );
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function present(values: Fields): Fields {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
