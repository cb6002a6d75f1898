import { describe, expect, it } from 'vitest';
import { diskErrors, killedProcesses } from '../../../src/playbook/detectors/kernel-log.ts';
import { fileHandles, shareOfLimit, swapSpace } from '../../../src/playbook/detectors/shares.ts';
import { writableFileSystems } from '../../../src/playbook/detectors/writable-file-systems.ts';
import type { StepData } from '../../../src/playbook/parse-output.ts';

function dataOf(root: unknown): StepData {
  return { root, lines: [], spanOf: () => undefined, isPartial: false };
}

describe('writable-file-systems', () => {
  const mountPoints = (rows: readonly [string, string][], mounts?: readonly [string, string, string][]) => {
    const data = dataOf({ rows: rows.map(([filesystem, mountPoint]) => ({ filesystem, mountPoint })) });
    const other =
      mounts === undefined
        ? undefined
        : dataOf({ rows: mounts.map(([mountPoint, type, options]) => ({ mountPoint, type, options })) });
    return writableFileSystems(data, (step) => (step === 'mounts' ? other : undefined))?.map(({ item }) =>
      typeof item === 'object' && item !== null && 'mountPoint' in item ? item.mountPoint : item,
    );
  };

  it.each<[string, string, string]>([
    ['memory of the system', 'tmpfs', '/run'],
    ['shared memory', 'tmpfs', '/dev/shm'],
    ['a secret of a pod', 'tmpfs', '/var/lib/kubelet/pods/1/volumes/kubernetes.io~secret/token'],
    ['a device tree', 'udev', '/dev'],
    ['firmware variables', 'efivarfs', '/sys/firmware/efi/efivars'],
    ['a snap', '/dev/loop3', '/snap/core/1'],
    ['a CD', '/dev/sr0', '/media/cdrom'],
    ['an AppImage', 'Tool.AppImage', '/tmp/.mount_ToolX1'],
    ['a layer of a container', 'overlay', '/var/lib/docker/overlay2/x/merged'],
    ['a file that a container got from its host', '/dev/sda1', '/etc/hosts'],
    ['the sealed system of macOS', '/dev/disk3s1s1', '/'],
    ['an installer image of macOS', '/dev/disk5s1', '/Volumes/Installer'],
    ['an automatic mount of macOS', 'map auto_home', '/System/Volumes/Data/home'],
    ['the image root of an immutable system', 'composefs', '/'],
  ])('leaves out %s', (_what, filesystem, mountPoint) => {
    expect(mountPoints([[filesystem, mountPoint]])).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['a disk', '/dev/sda1', '/'],
    ['a logical volume', '/dev/mapper/vg-data', '/var/lib/data'],
    ['the root of a container', 'overlay', '/'],
    ['memory that programs write to', 'tmpfs', '/tmp'],
    ['a network share', '//srv/my share', '/mnt/share'],
    ['a ZFS data set', 'tank/home', '/home'],
    ['the data volume of macOS', '/dev/disk3s5', '/System/Volumes/Data'],
  ])('keeps %s', (_what, filesystem, mountPoint) => {
    expect(mountPoints([[filesystem, mountPoint]])).toEqual([mountPoint]);
  });

  it('leaves out what is mounted read-only or is no disk by its type, where that is known', () => {
    const rows: [string, string][] = [
      ['/dev/sdb1', '/usr'],
      ['image', '/opt/my image'],
      ['/dev/sda1', '/'],
    ];
    expect(
      mountPoints(rows, [
        ['/', 'ext4', 'rw,relatime,errors=remount-ro'],
        ['/usr', 'ext4', 'ro,relatime'],
        ['/opt/my\\040image', 'squashfs', 'rw'],
      ]),
    ).toEqual(['/']);
  });

  it('counts a device once', () => {
    expect(
      mountPoints([
        ['/dev/sda2', '/'],
        ['/dev/sda2', '/home'],
        ['tank/a', '/a'],
        ['tank/b', '/b'],
      ]),
    ).toEqual(['/', '/a', '/b']);
  });
});

describe('killed-processes', () => {
  it('reads the victim, and tells the machine from a limit', () => {
    const messages = [
      'Out of memory: Killed process 4242 (java) total-vm:9437184kB, anon-rss:8388608kB',
      'Out of memory: Kill process 77 (old kernel) score 900 or sacrifice child',
      'Memory cgroup out of memory: Killed process 99 (worker) total-vm:1kB',
      'oom_reaper: reaped process 4242 (java), now anon-rss:0kB',
    ];
    const found = killedProcesses(dataOf({ rows: messages.map((message) => ({ message })) }));
    expect(found?.map(({ item }) => item)).toMatchObject([
      { scope: 'machine', pid: '4242', victim: 'java' },
      { scope: 'machine', pid: '77', victim: 'old kernel' },
      { scope: 'group', pid: '99', victim: 'worker' },
    ]);
  });
});

describe('disk-errors', () => {
  it.each([
    ['I/O error, dev sdb, sector 2048 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2', 'sdb'],
    ['blk_update_request: critical medium error, dev sdc, sector 5', 'sdc'],
    ['Buffer I/O error on dev dm-0, logical block 3, lost async page write', 'dm-0'],
    ['EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory lblock 0', 'sda1'],
    ['XFS (dm-3): Metadata CRC error detected, Corruption of in-memory data', 'dm-3'],
    ['BTRFS critical (device sdd1): corrupt leaf', 'sdd1'],
    ['nvme nvme0: I/O 12 (I/O Cmd) QID 4 timeout, aborting', 'nvme0'],
  ])('reads the device of: %s', (message, device) => {
    expect(diskErrors(dataOf({ rows: [{ message }] }))?.map(({ item }) => item)).toMatchObject([{ device }]);
  });

  it.each([
    'I/O error, dev fd0, sector 0 op 0x0:(READ)',
    'Buffer I/O error on dev sr0, logical block 0, async page read',
    'EXT4-fs (vda): mounted filesystem r/w without journal. Quota mode: none.',
    'XFS (dm-0): Ending clean mount',
    'BTRFS info (device sda2): enabling ssd optimizations',
    'nvme nvme0: 8/0/0 default/read/poll queues',
  ])('sees no failing disk in: %s', (message) => {
    expect(diskErrors(dataOf({ rows: [{ message }] }))).toEqual([]);
  });
});

describe('shares', () => {
  it('of file handles are percents of the limit', () => {
    const found = fileHandles(dataOf({ rows: [{ used: '900', max: '1000' }] }));
    expect(found?.[0]?.item).toMatchObject({ usedPercent: 90 });
    expect(fileHandles(dataOf({ rows: [] }))).toBeUndefined();
    expect(fileHandles(dataOf({ rows: [{ used: '1', max: '0' }] }))).toBeUndefined();
  });

  it('of swap are nothing where there is no swap, and unknown where it is not printed', () => {
    expect(swapSpace(dataOf({ SwapTotal: '1000 kB', SwapFree: '50 kB' }))?.[0]?.item).toMatchObject({
      usedPercent: 95,
    });
    expect(swapSpace(dataOf({ SwapTotal: '0 kB', SwapFree: '0 kB' }))).toEqual([]);
    expect(swapSpace(dataOf({ MemTotal: '1 kB' }))).toBeUndefined();
  });
});

it('every detector refuses output of another form', () => {
  for (const detector of [writableFileSystems, killedProcesses, diskErrors, fileHandles, swapSpace]) {
    expect(detector(dataOf('text'), () => undefined)).toBeUndefined();
  }
});

describe('share-of-limit', () => {
  const shareOf = (root: unknown, settings: Readonly<Record<string, string>> = { used: 'clients', limit: 'max' }) =>
    shareOfLimit(dataOf(root), () => undefined, { now: new Date(0), inputs: {}, settings })?.map(({ item }) => item);

  it.each([
    ['texts', { clients: '9', max: '10' }, [{ clients: '9', max: '10', usedPercent: 90 }]],
    ['numbers', { clients: 1, max: 3 }, [{ clients: 1, max: 3, usedPercent: 33.3 }]],
    ['a limit of 0, which is none', { clients: '9', max: '0' }, []],
    ['a missing value', { clients: '9' }, undefined],
    ['a value that is no number', { clients: 'many', max: '10' }, undefined],
    ['a list', [1, 2], undefined],
  ])('reads %s', (_what, root, expected) => {
    expect(shareOf(root)).toEqual(expected);
  });

  it('says nothing without the names of the values', () => {
    expect(shareOf({ clients: '9', max: '10' }, {})).toBeUndefined();
  });
});
