import type { Room } from './fixture.ts';
import { median, type Sample, type Times } from './sampling.ts';
import type { BenchServer } from './server.ts';

/** What every part of the benchmark works with. */
export interface Bench {
  /** Temporary folder for clones and caches. */
  readonly folder: string;
  readonly server: BenchServer;
  /** In order of size. */
  readonly rooms: readonly Room[];
  /** The short form: fewer rounds. */
  readonly isQuick: boolean;
}

export type Unit = 'ratio' | 'count' | 'bytes' | 'percent' | 'megabytes' | 'seconds';

/** A row of the result. */
export interface Measure {
  readonly what: string;
  /** The largest value that is good; absent for what is only told. */
  readonly atMost?: number;
  readonly unit: Unit;
  /** One value per war room, or a single one. */
  readonly values: readonly number[];
  /** How often it was measured; medians are taken. */
  readonly rounds: number;
}

/** Medians of what was timed, per war room. */
export interface Timing {
  readonly what: string;
  readonly times: readonly Times[];
}

export interface Part {
  readonly measures: readonly Measure[];
  readonly timings: readonly Timing[];
}

/** Ratio of medians per war room. */
export function ratios(rooms: readonly Sample[], name: string, base: string): readonly number[] {
  return rooms.map((sample) => medianOf(sample, name) / medianOf(sample, base));
}

export function medianOf(sample: Sample | undefined, name: string): number {
  const times = sample?.get(name);
  if (times === undefined) throw new Error(`"${name}" was not measured`);
  return median(times);
}

export function timingsOf(rooms: readonly Sample[]): readonly Timing[] {
  return [...(rooms[0]?.keys() ?? [])].map((what) => ({ what, times: rooms.map((sample) => sample.get(what) ?? []) }));
}
