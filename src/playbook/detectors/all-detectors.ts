import type { Detector } from './detector.ts';
import { diskErrors, killedProcesses } from './kernel-log.ts';
import { fileHandles, swapSpace } from './shares.ts';
import { writableFileSystems } from './writable-file-systems.ts';

/** Detectors by the name that rules use. */
export const DETECTORS: ReadonlyMap<string, Detector> = new Map([
  ['disk-errors', diskErrors],
  ['file-handles', fileHandles],
  ['killed-processes', killedProcesses],
  ['swap-space', swapSpace],
  ['writable-file-systems', writableFileSystems],
]);
