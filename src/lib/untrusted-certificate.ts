const UNTRUSTED = /^(?:CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA)/u;

/** Whether an error code of Node means a certificate that nobody vouches for, or that is of another host. */
export function isUntrustedCertificate(code: string): boolean {
  return UNTRUSTED.test(code);
}
