import { describe, expect, it } from 'vitest';
import { kernelStates } from '../../../src/playbook/detectors/kernel-states.ts';
import { diskErrors } from '../../../src/playbook/detectors/kernel-log.ts';
import type { StepData } from '../../../src/playbook/parse-output.ts';

function logOf(...messages: readonly string[]): StepData {
  const rows = messages.map((message, index) => ({ time: `2026-11-20T11:0${index}:00+0000`, message }));
  return { root: { rows }, lines: [], spanOf: () => undefined, isPartial: false };
}

function lost(kind: string, log: StepData): readonly unknown[] | undefined {
  return kernelStates(log, () => undefined, {
    now: new Date('2026-11-20T12:00:00Z'),
    inputs: {},
    settings: { kind },
  })?.map(({ item }) => (item as { name: string }).name);
}

describe('kernel-states', () => {
  it.each([
    ['ixgbe 0000:01:00.0 eno1: NIC Link is Down', 'eno1'],
    ['e1000e: eth0 NIC Link is Down', 'eth0'],
    ['igb 0000:02:00.0 enp2s0: igb: enp2s0 NIC Link is Down', 'enp2s0'],
    ['r8169 0000:03:00.0 enp3s0: Link is Down', 'enp3s0'],
    ['tg3 0000:02:00.0 eth1: Link is down', 'eth1'],
    ['mlx5_core 0000:3b:00.0 ens1f0: Link down', 'ens1f0'],
    ['bond0: now running without any active interface!', 'bond0'],
  ])('reads the lost link of %s', (message, name) => {
    expect(lost('link', logOf(message))).toEqual([name]);
  });

  it.each([
    ['comes back', ['eth0: Link is Down', 'eth0: Link is Up - 1Gbps/Full']],
    ['becomes ready', ['eth0: Link is Down', 'IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready']],
    ['belongs to a container', ['veth91a: Link is Down', 'docker0: Link is Down']],
    ['is one of a disk', ['ata1: SATA link down (SStatus 0 SControl 300)']],
  ])('says nothing of a link that %s', (_, messages) => {
    expect(lost('link', logOf(...messages))).toEqual([]);
  });

  it('goes by the moments, whatever the order of the lines', () => {
    const { root, ...rest } = logOf('eth0: Link is Up - 1Gbps/Full', 'eth0: Link is Down');
    const rows = (root as { rows: readonly unknown[] }).rows.toReversed();
    expect(lost('link', { ...rest, root: { rows } })).toEqual(['eth0']);
  });

  it('knows the file servers of NFS and of CIFS that have not come back', () => {
    const log = logOf(
      'nfs: server nas01 not responding, still trying',
      String.raw`CIFS: VFS: \\nas02 has not responded in 180 seconds. Reconnecting...`,
      'nfs: server nas03 not responding, timed out',
      'nfs: server nas03 OK',
    );
    expect(lost('file-server', log)).toEqual(['nas01', 'nas02']);
  });

  it('says nothing about another form, and nothing of a kind that it does not know', () => {
    expect(lost('link', { root: { lines: [] }, lines: [], spanOf: () => undefined, isPartial: false })).toBeUndefined();
    expect(lost('moon', logOf('eth0: Link is Down'))).toBeUndefined();
  });
});

describe('disk-errors', () => {
  it.each([
    ['nvme nvme1: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0xffff', 'nvme1'],
    ['ata3.00: failed command: READ FPDMA QUEUED', 'ata3.00'],
    ['md/raid1:md0: Disk failure on sdb1, disabling device.', 'sdb1'],
    ['Aborting journal on device dm-2-8.', 'dm-2'],
    ['JBD2: Detected IO errors while flushing file data on sdc1-8', 'sdc1'],
    ['critical space allocation error, dev dm-4, sector 2048 op 0x1:(WRITE)', 'dm-4'],
  ])('finds the device of %s', (message, device) => {
    expect(diskErrors(logOf(message))?.map(({ item }) => (item as { device: string }).device)).toEqual([device]);
  });

  it.each([
    'ata1.00: supports DRM functions and may not be fully accessible',
    'ata1: SATA link down',
    'md/raid1:md0: active with 2 out of 2 mirrors',
  ])('says nothing of %s', (message) => {
    expect(diskErrors(logOf(message))).toEqual([]);
  });
});
