import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { rowsOf } from './rows.ts';

/** Memory, kernel interfaces and images: they are full by nature, or their fill says nothing about a disk. */
const NOT_A_DISK = new Set(
  `autofs binfmt_misc bpf cgroup cgroup2 composefs configfs cramfs debugfs devfs devpts devtmpfs efivarfs erofs fuse.portal
  fuse.snapfuse fusectl hugetlbfs iso9660 mqueue none nsfs overlay proc pstore ramfs rootfs rpc_pipefs securityfs shm snapfuse
  squashfs sysfs tmpfs tracefs udev udf`.split(/\s+/u),
);

/** Loop and optical devices hold images; so do the volumes and simulators that macOS mounts. */
const IMAGE_DEVICE = /^(?:\/dev\/(?:loop|sr|cd|fd)\d|\/dev\/disk\d+s\d+s\d+$|map )/u;
const IMAGE_MOUNT =
  /^(?:\/snap\/|\/var\/lib\/snapd\/snap\/|\/tmp\/\.mount_|\/media\/cdrom|\/usr\/lib\/wsl\/|\/Volumes\/|\/Library\/Developer\/CoreSimulator\/|\/System\/Volumes\/(?!Data$)|\/private\/var\/run\/com\.apple)/u;

/**
 * Memory that somebody mounted for programs to write to, such as /tmp: when it is full, writes fail as on a disk. The
 * system's own small ones are sized for what it keeps in them.
 */
const MEMORY_OF_THE_SYSTEM = /^\/(?:run|dev|sys|proc|var\/run|var\/lib\/(?:docker|containers|kubelet))(?:\/|$)/u;

/** Files that a container runtime mounts one by one from the disk of its host. */
const CONTAINER_FILES = new Set(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/dev/termination-log']);

/**
 * Rows of `df` that stand for space that programs can use up: no memory of the system, no kernel interface, no image,
 * nothing that is mounted read-only (by step `mounts`, where known), and each device once. The root of a container counts.
 */
export function writableFileSystems(
  data: StepData,
  other: (step: string) => StepData | undefined,
): readonly Candidate[] | undefined {
  const rows = rowsOf(data.root);
  if (rows === undefined) return undefined;
  const mounts = mountsByPoint(other('mounts'));
  const devices = new Set<string>();
  const found: Candidate[] = [];
  for (const row of rows) {
    const { filesystem = '', mountPoint = '' } = row;
    const mount = mounts.get(mountPoint);
    if (mount?.isReadOnly === true) continue;
    if (mountPoint !== '/' && !isWritable(mountPoint, filesystem, mount?.type ?? '')) continue;
    if (mountPoint === '/' && isImageRoot(mount?.type ?? filesystem)) continue;
    if (IMAGE_DEVICE.test(filesystem) || IMAGE_MOUNT.test(mountPoint) || CONTAINER_FILES.has(mountPoint)) continue;
    if (filesystem.startsWith('/dev/')) {
      // Subvolumes and bind mounts share the space of their device.
      if (devices.has(filesystem)) continue;
      devices.add(filesystem);
    }
    found.push({ item: row, source: row });
  }
  return found;
}

function isWritable(mountPoint: string, filesystem: string, type: string): boolean {
  if ((type === '' ? filesystem : type) === 'tmpfs') return !MEMORY_OF_THE_SYSTEM.test(mountPoint);
  return !NOT_A_DISK.has(filesystem) && !NOT_A_DISK.has(type);
}

/** A root in memory or of an image; an overlay is the writable root of a container. */
function isImageRoot(type: string): boolean {
  return type !== 'overlay' && type !== 'rootfs' && NOT_A_DISK.has(type);
}

interface Mount {
  readonly type: string;
  readonly isReadOnly: boolean;
}

/** The last mount at a place hides the earlier ones. */
function mountsByPoint(mounts: StepData | undefined): ReadonlyMap<string, Mount> {
  const byPoint = new Map<string, Mount>();
  for (const { mountPoint = '', type = '', options = '' } of rowsOf(mounts?.root) ?? []) {
    byPoint.set(unescapeMount(mountPoint), { type, isReadOnly: options.split(',').includes('ro') });
  }
  return byPoint;
}

/** `/proc/mounts` writes spaces and its like as three octal digits. */
function unescapeMount(text: string): string {
  return text.replace(/\\([0-7]{3})/gu, (_whole, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
