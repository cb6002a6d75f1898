import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { rowsOf } from './rows.ts';

const KILLED =
  /(?<scope>Out of memory|Memory cgroup out of memory): Kill(?:ed)? process (?<pid>\d+) \((?<victim>[^)]*)\)/u;

/** Messages of the block layer and of file systems that mean lost or refused input and output, with the device in them. */
const DISK_ERRORS: readonly RegExp[] = [
  /(?:I\/O error|critical (?:medium|target) error|lost async page write|Buffer I\/O error).*? dev (?<device>[\w-]+)/u,
  /(?:EXT4-fs|BTRFS) (?:error|critical) \(device (?<device>[\w-]+)/u,
  /XFS \((?<device>[\w-]+)\): .*(?:[Cc]orruption|I\/O error|[Ss]hut(?:ting)? down)/u,
  /nvme (?<device>nvme\d+): (?:I\/O .*timeout|controller is down|Device not ready|Removing after probe failure)/u,
  /(?<device>ata\d+(?:\.\d+)?): (?:failed command: |exception Emask 0x[1-9a-f]|error: \{ (?:UNC|IDNF))/u,
  /md\/raid\S*:\w+: Disk failure on (?<device>[\w-]+)/u,
  /(?:JBD2: Detected IO errors|Aborting journal).* (?:on|device) (?<device>(?:dm-\d+|[a-z]\w+?))(?:-\d+)?\.?$/u,
  /critical space allocation error.* dev (?<device>[\w-]+)/u,
];

/** An empty floppy or optical drive, and a file behind a loop device, give errors on healthy machines. */
const HARMLESS_DEVICE = /^(?:fd|sr|loop)\d/u;

/** Processes that the kernel killed to get memory back; `scope` tells the whole machine from one control group. */
export function killedProcesses(data: StepData): readonly Candidate[] | undefined {
  return rowsOf(data.root)?.flatMap((row) => {
    const groups = KILLED.exec(row['message'] ?? '')?.groups;
    if (groups === undefined) return [];
    const scope = groups['scope'] === 'Out of memory' ? 'machine' : 'group';
    return [{ item: { ...row, scope, pid: groups['pid'], victim: groups['victim'] }, source: row }];
  });
}

/** Kernel messages about failing disks, with the device as `device`. */
export function diskErrors(data: StepData): readonly Candidate[] | undefined {
  return rowsOf(data.root)?.flatMap((row) => {
    const device = deviceOf(row['message'] ?? '');
    return device === undefined || HARMLESS_DEVICE.test(device) ? [] : [{ item: { ...row, device }, source: row }];
  });
}

function deviceOf(message: string): string | undefined {
  for (const pattern of DISK_ERRORS) {
    const device = pattern.exec(message)?.groups?.['device'];
    if (device !== undefined) return device;
  }
  return undefined;
}
