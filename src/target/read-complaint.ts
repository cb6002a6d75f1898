/** klog lines of the libraries below kubectl: they repeat, with source lines, what its last line says. */
const LIBRARY_LINE = /^[EWI]\d{4} [\d:.]+\s+\d+ \S+\.go:\d+\]/u;

/** Ways in which kubectl and the cluster broker say that nobody answered. */
const UNREACHABLE =
  /unable to connect to the server|connection to the server .* was refused|the API server cannot be reached|the API server does not answer in time|certificate of the API server is not trusted|no such host|i\/o timeout|connection refused|context deadline exceeded|TLS handshake timeout/iu;

export interface Complaint {
  /** Without lines of libraries, when anything else is left. */
  readonly stderr: string;
  readonly isUnreachable: boolean;
}

/** What kubectl complained about. A refusal stays as it is: `Forbidden` is read by whoever classifies steps. */
export function readComplaint(stderr: string): Complaint {
  const lines = stderr.split('\n').filter((line) => !LIBRARY_LINE.test(line));
  const words = lines.join('\n');
  const said = words.trim() === '' ? stderr : words;
  return { stderr: said, isUnreachable: UNREACHABLE.test(said) };
}
