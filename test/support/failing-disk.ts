import { openAppendFile, type OpenAppendFile } from '../../src/lib/append-file.ts';

/** A disk on which a sync can be made to fail, as `EIO` of fsync does; what was written may be there or not. */
export interface FailingDisk {
  readonly openFile: OpenAppendFile;
  /** From now on each sync of a file with this ending fails. */
  failOn(ending: string): void;
}

export function createFailingDisk(): FailingDisk {
  let broken: string | undefined;
  return {
    openFile: async (path) => {
      const file = await openAppendFile(path);
      return {
        appendFile: async (data, options) => {
          await file.appendFile(data, options);
        },
        datasync: async () => {
          if (broken !== undefined && path.endsWith(broken)) throw new Error('EIO: i/o error, fdatasync');
          await file.datasync();
        },
        truncate: async (length) => {
          await file.truncate(length);
        },
        close: async () => {
          await file.close();
        },
      };
    },
    failOn: (ending) => {
      broken = ending;
    },
  };
}
