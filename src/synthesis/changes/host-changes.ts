import { asText } from '../../playbook/compare-values.ts';
import { rowsOf } from '../../playbook/detectors/rows.ts';
import { parseMoment } from '../../playbook/duration.ts';
import { isRecord } from '../../playbook/path.ts';
import type { RunOutput } from '../run-outputs.ts';
import { isInside, type SeenChange, type Window } from './seen-change.ts';

/**
 * Changes of a machine. Outputs are told by their form, so steps of any playbook count: `uptimeSeconds` of the facts of a
 * host, records of `systemctl show`, and rows with the columns `time` and `package`, `time` and `changed` (a path),
 * `differs` (a path that is not as its package has it), `override` (a path), or `name`, `image` and `created`.
 */
export function hostChanges(outputs: readonly RunOutput[], window: Window): readonly SeenChange[] {
  return outputs.flatMap((output) => {
    const rows = rowsOf(output.data.root);
    if (rows === undefined) return recordChanges(output, window);
    return rows.flatMap((row) => rowChanges(row, output, window));
  });
}

function recordChanges(output: RunOutput, window: Window): readonly SeenChange[] {
  const { root } = output.data;
  if (!isRecord(root)) return [];
  return [...bootChange(root, output, window), ...unitChanges(root, output, window)];
}

function bootChange(root: Readonly<Record<string, unknown>>, output: RunOutput, window: Window): readonly SeenChange[] {
  const seconds = root['uptimeSeconds'];
  if (typeof seconds !== 'number') return [];
  const at = new Date(window.now.getTime() - seconds * 1000);
  if (!isInside(at, window)) return [];
  const words = `"uptimeSeconds": ${seconds}`;
  return [
    {
      at,
      kind: 'reboot',
      object: 'host',
      text: 'the machine was started',
      touches: [],
      output,
      item: undefined,
      words,
    },
  ];
}

function unitChanges(
  root: Readonly<Record<string, unknown>>,
  output: RunOutput,
  window: Window,
): readonly SeenChange[] {
  const unit = asText(root['Id']);
  const started = asText(root['ActiveEnterTimestamp']);
  const at = parseMoment(started);
  const touches = [{ kind: 'unit', name: unit, side: output.side }];
  if (!/\.(?:service|socket|timer)$/u.test(unit)) return [];
  return [
    ...(isInside(at, window)
      ? [
          {
            ...{ at, kind: 'restart' as const, object: unit, text: `${unit} was started`, touches, output },
            ...{ item: undefined, words: `ActiveEnterTimestamp=${started}` },
          },
        ]
      : []),
    ...(root['NeedDaemonReload'] === 'yes'
      ? [
          {
            ...{ kind: 'drift' as const, object: unit, touches, output, item: undefined },
            text: `the unit file of ${unit} was changed after systemd had read it`,
            words: 'NeedDaemonReload=yes',
          },
        ]
      : []),
  ];
}

type Row = Readonly<Record<string, string>>;

/** Caches and counters that programs write all the time. */
const NOISE =
  /^\/etc\/(?:ld\.so\.cache|adjtime|mtab|resolv\.conf\.bak|\.pwd\.lock|\.updated|(?:passwd|group|shadow|gshadow|subuid|subgid)-|cups\/subscriptions\.conf)/u;

function rowChanges(row: Row, output: RunOutput, window: Window): readonly SeenChange[] {
  const at = parseMoment(row['time'] ?? row['created'] ?? '');
  const base = { touches: [], output, item: row };
  const { package: name, version, changed, owner, differs, override, image, created } = row;
  if (name !== undefined && isInside(at, window)) {
    const what = version === undefined ? name : `${name} ${version}`;
    return [
      { ...base, at, kind: 'package', object: `package/${name}`, text: `package ${what} was installed or upgraded` },
    ];
  }
  if (changed !== undefined && isInside(at, window) && !NOISE.test(changed)) {
    const by = owner === undefined ? '' : ` (owner ${owner})`;
    return [{ ...base, at, kind: 'configuration', object: changed, text: `${changed} was written${by}` }];
  }
  if (differs !== undefined) {
    return [{ ...base, kind: 'drift', object: differs, text: `${differs} is not as its package has it` }];
  }
  if (override !== undefined) {
    return [{ ...base, kind: 'drift', object: override, text: `${override} changes what its package has` }];
  }
  if (image !== undefined && created !== undefined && row['name'] !== undefined && isInside(at, window)) {
    const touches = [{ kind: 'container', name: row['name'], side: output.side }];
    const object = `container/${row['name']}`;
    return [
      {
        ...base,
        at,
        kind: 'rollout',
        object,
        text: `container ${row['name']} was made${image === '' ? '' : ` from ${image}`}`,
        touches,
      },
    ];
  }
  return [];
}
