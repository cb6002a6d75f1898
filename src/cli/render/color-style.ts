import { Chalk } from 'chalk';
import type { Style } from '../context.ts';

/** The sixteen colours that every terminal has, so that a light background stays readable. */
export function createColorStyle(): Style {
  const chalk = new Chalk({ level: 1 });
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    warn: (text) => chalk.yellow(text),
    bad: (text) => chalk.red(text),
    accent: (text) => chalk.cyan(text),
  };
}
