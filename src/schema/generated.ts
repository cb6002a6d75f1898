// Generated from schemas/ by schemas/generate-types.js. Do not edit.

export interface AcceptedHistory {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "AcceptedHistory"
metadata: AcceptedHistoryMetadata
spec: AcceptedHistorySpec
}

export interface AcceptedHistoryMetadata {
/**
 * When it was written
 */
timestamp: string
/**
 * Principal who signs it
 */
engineer: string
}

export interface AcceptedHistorySpec {
/**
 * Newest commit that the processor had accepted before
 */
from: string
/**
 * Commit that it goes on from
 */
to: string
/**
 * Why history was rewritten
 */
reason: string
}

export interface Aggregate {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "Aggregate"
/**
 * Request id: UTC minute, slug of at most 30 characters, four random characters of Crockford base32
 */
id: string
/**
 * Title of the request
 */
title: string
/**
 * Description from the request
 */
question: string
requester: AggregateRequester
coordination: AggregateCoordination
/**
 * All parts as one: pending while one has no answer, else the worst end; skipped parts do not count
 */
phase: ("pending" | "succeeded" | "failed" | "timed-out" | "cancelled" | "rejected" | "expired")
/**
 * Whether every part has ended
 */
isComplete: boolean
/**
 * What the parts found together; absent while none has a report
 */
outcome?: ("root-cause" | "no-problem" | "inconclusive")
/**
 * How sure that is
 */
confidence?: number
/**
 * The answer in one or two sentences
 */
bottomLine: string
/**
 * One entry for each cluster, in the order of the request
 * 
 * @minItems 2
 * @maxItems 50
 */
parts: AggregatePart[]
/**
 * What several clusters report alike, the cause that they share first
 * 
 * @maxItems 20
 */
shared: SharedFinding[]
/**
 * Where the parts contradict each other
 * 
 * @maxItems 20
 */
disagreements: Disagreement[]
firstSymptom?: FirstSymptom
/**
 * Moments of all parts on one line of time; each cluster has a clock of its own
 * 
 * @maxItems 200
 */
timeline: AggregateMoment[]
/**
 * Digest of the request bytes
 */
requestSha256: string
writer: AggregateWriter
/**
 * When, by its clock
 */
writtenAt: string
}

export interface AggregateRequester {
/**
 * Principal
 */
name: string
/**
 * Whether the writer has verified the signature over the request
 */
verified: boolean
}

export interface AggregateCoordination {
/**
 * One after the other, or all at once
 */
mode: ("sequential" | "parallel")
/**
 * What ends the search for the parts that have not begun
 */
stopOn: ("root-cause" | "failure" | "never")
}

export interface AggregatePart {
/**
 * Cluster that was asked
 */
cluster: string
/**
 * Kind of cluster
 */
type: ("hub" | "hosted" | "host")
/**
 * Where this part stands; pending: no answer yet
 */
phase: ("pending" | "succeeded" | "failed" | "timed-out" | "cancelled" | "rejected" | "expired")
/**
 * Not asked any more, because another part had ended the search
 */
isSkipped?: boolean
/**
 * What the writer of this document found about the signature of the part: own, verified with an enrolled key, unchecked because no key is enrolled, or broken
 */
signature?: ("own" | "verified" | "unchecked" | "broken")
/**
 * Digest of the manifest of the part; absent when it has none
 */
manifestSha256?: string
/**
 * What the investigation found
 */
outcome?: ("root-cause" | "no-problem" | "inconclusive")
/**
 * Quality of the answer
 */
quality?: ("complete" | "degraded")
/**
 * How sure the part is
 */
confidence?: number
/**
 * Its answer
 */
bottomLine?: string
/**
 * The first thing that it recommends, with its risk
 */
doNow?: string
/**
 * Why there is no answer, or what is wrong with it
 */
reason?: string
/**
 * Stable code of the reason
 */
reasonCode?: string
/**
 * Code of the finding that the part calls the cause
 */
cause?: string
/**
 * Strategy that ran
 */
strategy?: string
/**
 * Engine that ran
 */
engine?: ("diagnostics" | "claude")
/**
 * Processor that answered
 */
processor?: string
/**
 * When the last attempt began
 */
startedAt?: string
/**
 * When the part ended
 */
finishedAt?: string
/**
 * Attempts that were made
 */
attempts?: number
/**
 * Its most important findings
 * 
 * @maxItems 20
 */
findings?: PartFinding[]
/**
 * What it looked at and found not to be the cause
 * 
 * @maxItems 20
 * 
 * Items: One of them
 */
ruledOut?: string[]
}

export interface PartFinding {
/**
 * Stable code of the finding
 */
code: string
/**
 * How bad it is
 */
severity: ("info" | "warning" | "error" | "critical")
/**
 * What it is about
 */
object: string
/**
 * What was found
 */
title: string
/**
 * How sure the part is
 */
confidence: number
/**
 * Since when it is so
 */
since?: string
}

export interface SharedFinding {
/**
 * Code of the finding
 */
code: string
/**
 * What it is
 */
title: string
/**
 * The worst of them
 */
severity: ("info" | "warning" | "error" | "critical")
/**
 * Where
 * 
 * @maxItems 50
 * 
 * Items: Cluster
 */
clusters: string[]
/**
 * The object, when all name the same
 */
object?: string
/**
 * Each of these clusters calls it the cause
 */
isCause: boolean
/**
 * The lowest of them
 */
confidence?: number
}

export interface Disagreement {
/**
 * What is said here and what there
 */
text: string
/**
 * Who
 * 
 * @maxItems 50
 * 
 * Items: Cluster
 */
clusters: string[]
}

export interface FirstSymptom {
/**
 * When
 */
at: string
/**
 * Where
 */
cluster: string
/**
 * What
 */
text: string
}

export interface AggregateMoment {
/**
 * When
 */
at: string
/**
 * Where
 */
cluster: string
/**
 * What
 */
text: string
}

export interface AggregateWriter {
/**
 * Its cluster
 */
cluster: string
/**
 * Its name
 */
holder: string
/**
 * Version of claude-warroom
 */
version: string
}

export interface AuditLine {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "AuditLine"
/**
 * Line number, from 1
 */
seq: number
/**
 * Digest of the line before; zeros for the first
 */
prev: string
/**
 * Request id: UTC minute, slug of at most 30 characters, four random characters of Crockford base32
 */
id: string
/**
 * Attempt number
 */
attempt: number
/**
 * Who wanted the command
 */
source: ("playbook" | "agent")
/**
 * Playbook step
 */
step?: string
/**
 * Id of the tool call of the model
 */
toolUseId?: string
/**
 * Shell text that the model wrote, redacted
 */
command?: string
/**
 * Command and arguments as executed, redacted
 * 
 * @maxItems 200
 */
argv: string[]
/**
 * allowed or denied
 */
decision: ("allowed" | "denied")
/**
 * Why
 */
reason: string
/**
 * When it started
 */
startedAt: string
/**
 * Duration in milliseconds
 */
ms: number
/**
 * Exit code
 */
exit?: number
/**
 * How it ended
 */
status: ("ok" | "nonzero-ok" | "failed" | "timeout" | "denied" | "missing-tool" | "unreachable" | "skipped")
/**
 * Bytes recorded
 */
bytes: number
/**
 * Evidence id
 */
evidence?: string
}

export interface Cancel {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "Cancel"
metadata: CancelMetadata
spec: CancelSpec
}

export interface CancelMetadata {
/**
 * Id of the request to cancel
 */
name: string
/**
 * When it was cancelled
 */
timestamp: string
/**
 * Principal who cancels
 */
engineer: string
}

export interface CancelSpec {
/**
 * Why the answer is no longer wanted
 */
reason?: string
/**
 * 128 random bits
 */
nonce: string
}

export interface Claim {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "Claim"
/**
 * Request id: UTC minute, slug of at most 30 characters, four random characters of Crockford base32
 */
id: string
/**
 * Cluster that the holder serves
 */
cluster: string
/**
 * Stable name of the processor instance
 */
holder: string
/**
 * Random value of one start of the processor; changes at every restart
 */
incarnation: string
/**
 * Attempt number, from 1
 */
attempt: number
/**
 * Attempts at execution, oldest first
 * 
 * @maxItems 10
 */
attempts: ClaimAttempt[]
/**
 * Lease duration; an observer who sees the same value for 1.25 times as long may take over
 */
leaseSeconds: number
/**
 * Random value that makes every claim commit unique
 */
nonce: string
/**
 * Digest of the request bytes that were admitted
 */
requestSha256: string
/**
 * When the holder claimed, by its own clock; for people
 */
claimedAt: string
progress: ClaimProgress
}

export interface ClaimAttempt {
/**
 * Attempt number, from 1
 */
number: number
/**
 * Stable name of the processor instance
 */
holder: string
/**
 * Random value of one start of the processor; changes at every restart
 */
incarnation: string
/**
 * When the attempt began
 */
startedAt: string
/**
 * When the attempt ended, by the clock of whoever noticed
 */
endedAt?: string
/**
 * How the attempt ended; interrupted means the processor died or lost its lease
 */
result: ("running" | "interrupted" | "succeeded" | "failed" | "timed-out" | "cancelled" | "rejected" | "expired")
}

export interface ClaimProgress {
/**
 * Phase of the attempt
 */
phase: ("claimed" | "collecting" | "investigating" | "publishing")
/**
 * What is happening now, redacted
 */
message: string
/**
 * Steps done
 */
done: number
/**
 * Steps in all
 */
total: number
/**
 * Findings so far
 */
findings?: number
/**
 * Model turns so far
 */
turns?: number
/**
 * Model spend so far in US dollars
 */
usd?: number
/**
 * Number of progress changes in this attempt
 */
updates: number
}

export interface ClientConfig {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "ClientConfig"
repository?: ClientRepository
/**
 * Principal to ask as; user.email of git when absent
 */
engineer?: string
/**
 * SSH key that signs requests: a private key file, or a public key whose private half the ssh-agent holds; the key that git signs with when absent
 */
signingKey?: string
verification?: ClientVerification
defaults?: ClientDefaults
/**
 * Where evidence lies that is too large for Git; the first that fits a cluster counts
 * 
 * @maxItems 50
 */
objectStores?: ClientObjectStore[]
}

export interface ClientRepository {
/**
 * URL or local path
 */
url?: string
/**
 * Branch
 */
branch?: string
/**
 * Where claims, inbox and presence live
 */
refNamespace?: string
}

export interface ClientVerification {
/**
 * pin accepts and remembers the key of the first result of a cluster; strict accepts pinned keys only
 */
mode?: ("pin" | "strict")
/**
 * File of an administrator with the keys of all processors, in the form of allowed signers
 */
bundle?: string
}

export interface ClientDefaults {
/**
 * Cluster
 */
cluster?: string
/**
 * Strategy
 */
strategy?: string
/**
 * Engine
 */
engine?: ("auto" | "diagnostics" | "claude")
/**
 * Seconds
 */
timeout?: number
/**
 * Namespace
 */
namespace?: string
}

export interface ClientObjectStore {
/**
 * Clusters whose evidence lies there; all when absent
 * 
 * @minItems 1
 * @maxItems 200
 */
clusters?: string[]
/**
 * Bucket; it must exist
 */
bucket: string
/**
 * Address of the store when it is not that of AWS; https, or http on this machine
 */
endpoint?: string
/**
 * Region that requests are signed for; us-east-1 when absent
 */
region?: string
/**
 * Bucket as part of the path instead of the host name; true with an endpoint, false without one, when absent
 */
pathStyle?: boolean
/**
 * Certificate authority of the store
 */
caFile?: string
}

export interface ClusterRegistration {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "ClusterRegistration"
metadata: ClusterRegistrationMetadata
spec: ClusterRegistrationSpec
}

export interface ClusterRegistrationMetadata {
/**
 * Cluster name, equal to the file name
 */
name: string
/**
 * Free labels
 */
labels?: {
[k: string]: string
}
}

export interface ClusterRegistrationSpec {
/**
 * hub, hosted or host
 */
type: ("hub" | "hosted" | "host")
/**
 * What runs here, for people
 */
description?: string
/**
 * Hub that carries this hosted cluster
 */
hub?: string
/**
 * Infrastructure id, cluster id or machine id that the target reports about itself
 */
identity?: string
/**
 * Team to call
 */
owner?: string
/**
 * Namespaces worth offering in a menu
 * 
 * @maxItems 500
 * 
 * Items: Namespace
 */
namespaces?: string[]
/**
 * Advised longest timeout in seconds; the policy in the zone decides
 */
maxTimeout?: number
/**
 * Strategies for menus while no processor has been seen
 * 
 * @maxItems 100
 */
strategies?: RegisteredStrategy[]
}

export interface RegisteredStrategy {
/**
 * Strategy name
 */
id: string
/**
 * One line for menus
 */
title: string
/**
 * Number of read-only steps
 */
steps: number
/**
 * Usual duration in seconds
 */
seconds: number
/**
 * What each step looks at, one line each
 * 
 * @maxItems 200
 * 
 * Items: Step title
 */
checks?: string[]
}

export interface DraftVerification {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "DraftVerification"
/**
 * How far the evidence shown carries the bottom line and the root cause, from 0 (not at all) to 1 (fully)
 */
confidence: number
/**
 * The weakest step from the evidence to the claim, in one sentence
 */
why: string
/**
 * One verdict for each finding shown
 * 
 * @maxItems 40
 */
findings: FindingVerdict[]
}

export interface FindingVerdict {
/**
 * Finding id
 */
finding: string
/**
 * How far the quoted evidence carries the finding, from 0 (not at all) to 1 (fully)
 */
confidence: number
/**
 * Why, in one sentence
 */
why: string
}

export interface Inventory {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "Inventory"
defaults?: InventoryDefaults
/**
 * Every group, with what it is; a host that names another one is refused
 */
groups?: {
/**
 * What the group is
 */
[k: string]: string
}
/**
 * Hosts that are asked at the same time; 8 when absent
 */
concurrency?: number
/**
 * Every host
 * 
 * @minItems 1
 * @maxItems 2000
 */
hosts: InventoryHost[]
}

export interface InventoryDefaults {
/**
 * Port of sshd; 22 when absent
 */
port?: number
/**
 * User
 */
user?: string
/**
 * Private key without a passphrase
 */
keyFile?: string
/**
 * Pinned host keys; no other host key is believed
 */
knownHostsFile?: string
/**
 * exec sends argument lists; wrapper names steps that the host looks up in a table of its own
 */
mode?: ("exec" | "wrapper")
jump?: SshJump
}

export interface SshJump {
/**
 * DNS name or IP address
 */
address: string
/**
 * Port of sshd; 22 when absent
 */
port?: number
/**
 * User
 */
user: string
/**
 * Private key; that of the host when absent
 */
keyFile?: string
/**
 * Pinned host keys; those of the host when absent
 */
knownHostsFile?: string
}

export interface InventoryHost {
/**
 * Name that requests use: host/NAME
 */
name: string
/**
 * ssh, or local for the machine of the processor; ssh when absent
 */
connection?: ("ssh" | "local")
/**
 * DNS name or IP address; the name when absent
 */
address?: string
/**
 * Port of sshd; 22 when absent
 */
port?: number
/**
 * User
 */
user?: string
/**
 * Private key without a passphrase
 */
keyFile?: string
/**
 * Pinned host keys; no other host key is believed
 */
knownHostsFile?: string
/**
 * exec sends argument lists; wrapper names steps that the host looks up in a table of its own
 */
mode?: ("exec" | "wrapper")
jump?: SshJump1
/**
 * Groups that it belongs to
 * 
 * @maxItems 20
 * 
 * Items: Group
 */
groups?: string[]
/**
 * For people and menus
 */
labels?: {
/**
 * Value
 */
[k: string]: string
}
/**
 * Databases that run there
 * 
 * @maxItems 20
 */
databases?: InventoryDatabase[]
}

export interface SshJump1 {
/**
 * DNS name or IP address
 */
address: string
/**
 * Port of sshd; 22 when absent
 */
port?: number
/**
 * User
 */
user: string
/**
 * Private key; that of the host when absent
 */
keyFile?: string
/**
 * Pinned host keys; those of the host when absent
 */
knownHostsFile?: string
}

export interface InventoryDatabase {
/**
 * Kind of database
 */
kind: ("postgresql" | "mysql" | "redis" | "mongodb" | "neo4j" | "qdrant" | "elasticsearch" | "memcached")
/**
 * Port that it listens on
 */
port?: number
/**
 * Systemd unit
 */
unit?: string
/**
 * Container
 */
container?: string
}

export interface KeyEnrolment {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "KeyEnrolment"
metadata: KeyEnrolmentMetadata
spec: KeyEnrolmentSpec
}

export interface KeyEnrolmentMetadata {
/**
 * Name under which the key shall be known; requests say it as metadata.engineer
 */
principal: string
/**
 * When it was asked
 */
timestamp: string
}

export interface KeyEnrolmentSpec {
/**
 * Public key as ssh-keygen writes it, without a comment
 */
publicKey: string
/**
 * Where the key is, for people
 */
comment?: string
/**
 * War room that it is meant for
 */
repository: string
}

export interface Manifest {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "Manifest"
/**
 * Request id: UTC minute, slug of at most 30 characters, four random characters of Crockford base32
 */
id: string
/**
 * Cluster that answered
 */
cluster: string
/**
 * Attempt that produced it; 0 when none began
 */
attempt: number
/**
 * Terminal phase; pending only over parts of which one has no answer yet
 */
phase: ("pending" | "succeeded" | "failed" | "timed-out" | "cancelled" | "rejected" | "expired")
request: ManifestRequest
/**
 * Every file of the result except the manifest
 * 
 * @maxItems 5000
 */
files: ManifestFile[]
/**
 * Parts that this result puts together; only of a request to several clusters
 * 
 * @maxItems 50
 */
parts?: ManifestPart[]
/**
 * What the processor was configured to publish; full when absent
 */
disclosure?: ("full" | "report" | "summary")
/**
 * Files of this result that stay in the secure zone
 * 
 * @maxItems 5000
 */
kept?: KeptFile[]
released?: ManifestRelease
/**
 * Site knowledge that the investigator was given; absent when there was none
 * 
 * @maxItems 100
 */
context?: ManifestContext[]
policy?: ManifestPolicy
/**
 * Versions of what ran
 */
versions: {
[k: string]: string
}
/**
 * When the attempt ended
 */
finishedAt: string
}

export interface ManifestRequest {
/**
 * Path in the war room
 */
path: string
/**
 * Digest of the request bytes
 */
sha256: string
signer?: ManifestSigner
}

export interface ManifestSigner {
/**
 * Name in the list of allowed signers
 */
principal: string
/**
 * SHA-256 of the key that signed
 */
fingerprint: string
}

export interface ManifestFile {
/**
 * Path inside the result folder
 */
path: string
/**
 * Digest of the file
 */
sha256: string
/**
 * Size
 */
bytes: number
/**
 * Object key when the file is stored outside Git
 */
external?: string
}

export interface ManifestPart {
/**
 * Cluster that was asked
 */
cluster: string
/**
 * Where the part stood; pending: no answer yet
 */
phase: ("pending" | "succeeded" | "failed" | "timed-out" | "cancelled" | "rejected" | "expired")
/**
 * Digest of its manifest.json; absent when it had none
 */
sha256?: string
}

export interface KeptFile {
/**
 * Path inside the folder of the result in the zone
 */
path: string
/**
 * Digest of the file
 */
sha256: string
/**
 * Size
 */
bytes: number
}

export interface ManifestRelease {
/**
 * Administrator, as the system of the zone names them
 */
by: string
/**
 * When
 */
at: string
/**
 * Why
 */
reason: string
}

export interface ManifestContext {
/**
 * File name in the context folder of the processor
 */
name: string
/**
 * Digest of the file
 */
sha256: string
}

export interface ManifestPolicy {
/**
 * Digest of policy.yaml
 */
sha256: string
/**
 * Rule that allowed the request; absent when nothing ran
 */
rule?: string
}

export interface PlaybookTest {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "PlaybookTest"
/**
 * Playbook id
 */
playbook: string
/**
 * When the outputs were captured
 */
now?: string
/**
 * Operating system that the outputs come from, linux when absent
 */
platform?: ("linux" | "darwin")
/**
 * Values of inputs, those of target too
 */
inputs?: {
/**
 * Value
 */
[k: string]: string | number
}
/**
 * Outputs that all cases share, by step id
 */
steps?: {
[k: string]: RecordedAnswer
}
/**
 * Cases
 * 
 * @minItems 1
 * @maxItems 500
 */
cases: PlaybookTestCase[]
}

export interface RecordedAnswer {
/**
 * What the command printed
 */
stdout?: string
/**
 * What the command printed, as a value
 */
json?: {
[k: string]: unknown
}
/**
 * File beside the test that holds what the command printed; .gz is unpacked
 */
file?: string
/**
 * What it complained about
 */
stderr?: string
/**
 * Exit code, 0 when absent
 */
exit?: number
/**
 * Why it did not end by itself
 */
status?: ("timeout" | "denied" | "missing-tool" | "unreachable" | "not-recorded")
/**
 * The output was cut
 */
truncated?: boolean
/**
 * How long it took
 */
ms?: number
/**
 * Number of the fallback that gave this output, from 1; absent for the command itself
 */
fallback?: number
/**
 * Outputs of a step that runs once for each thing, by the names that it binds
 * 
 * @maxItems 50
 */
parts?: RecordedPart[]
}

export interface RecordedPart {
/**
 * Values of the names that forEach binds
 */
bind: {
/**
 * Value
 */
[k: string]: string | number
}
/**
 * What the command printed
 */
stdout?: string
/**
 * What the command printed, as a value
 */
json?: {
[k: string]: unknown
}
/**
 * File beside the test that holds what the command printed; .gz is unpacked
 */
file?: string
/**
 * What it complained about
 */
stderr?: string
/**
 * Exit code, 0 when absent
 */
exit?: number
/**
 * Why it did not end by itself
 */
status?: ("timeout" | "denied" | "missing-tool" | "unreachable" | "not-recorded")
/**
 * The output was cut
 */
truncated?: boolean
/**
 * How long it took
 */
ms?: number
/**
 * Number of the fallback that gave this output, from 1; absent for the command itself
 */
fallback?: number
}

export interface PlaybookTestCase {
/**
 * What is the case
 */
name: string
/**
 * When the outputs were captured
 */
now?: string
/**
 * Values of inputs, those of target too
 */
inputs?: {
/**
 * Value
 */
[k: string]: string | number
}
/**
 * Outputs of this case; a step that stands nowhere did not run
 */
steps?: {
[k: string]: RecordedAnswer
}
expect: PlaybookExpectation
}

export interface PlaybookExpectation {
/**
 * Findings that must be there; only what is named is compared
 * 
 * @maxItems 100
 */
findings?: ExpectedFinding[]
/**
 * Whether there may be no other finding at or above warning
 */
only?: boolean
/**
 * Rules that must be judged and must not fire
 * 
 * @maxItems 300
 * 
 * Items: Rule
 */
absent?: string[]
/**
 * Rules that cannot be judged
 * 
 * @maxItems 300
 * 
 * Items: Rule
 */
unknown?: string[]
/**
 * Rules that do not apply
 * 
 * @maxItems 300
 * 
 * Items: Rule
 */
notApplicable?: string[]
/**
 * Code of the first hypothesis
 */
cause?: string
/**
 * Outcome of the report
 */
outcome?: ("root-cause" | "no-problem" | "inconclusive")
}

export interface ExpectedFinding {
/**
 * Rule
 */
rule?: string
/**
 * Code
 */
code?: string
/**
 * Object
 */
object?: string
/**
 * Title
 */
title?: string
/**
 * What is expected instead
 */
expected?: string
/**
 * How bad
 */
severity?: ("info" | "warning" | "error" | "critical")
/**
 * When it began
 */
since?: string
/**
 * Confidence
 */
confidence?: number
/**
 * Words that one of its quotes holds
 */
cites?: string
}

export type PlaybookBind = (string | {
/**
 * Template
 */
value: string
/**
 * Grammar of the value
 */
type: ("k8s-name" | "unit" | "port" | "integer" | "name" | "path")
/**
 * Folders below which a path must lie; a path without them is not run
 * 
 * @minItems 1
 * @maxItems 20
 */
allow?: string[]
})

export interface Playbook {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "Playbook"
metadata: PlaybookMetadata
spec: PlaybookSpec
}

export interface PlaybookMetadata {
/**
 * Playbook id, equal to the file name
 */
id: string
/**
 * Raised with every change of meaning
 */
version: number
/**
 * One line for menus
 */
title: string
/**
 * When to use it and what it looks at
 */
description: string
}

export interface PlaybookSpec {
/**
 * Strategy names that choose this playbook
 * 
 * @minItems 1
 * @maxItems 10
 * 
 * Items: Strategy
 */
strategies: string[]
/**
 * Words in a question that point to this playbook, for strategy auto
 * 
 * @maxItems 200
 * 
 * Items: Word or phrase in lower case
 */
words?: string[]
/**
 * Target types it can look at
 * 
 * @minItems 1
 * @maxItems 3
 */
targets: ("hub" | "hosted" | "host")[]
/**
 * Asked about a hosted cluster, steps without via look inside it, and are unreachable where nobody gave the way in; asked about a hub they look at the hub
 */
looksInside?: boolean
/**
 * Rules of other playbooks, judged here over the steps of the same ids
 * 
 * @maxItems 20
 */
include?: PlaybookInclude[]
/**
 * Values that a request can set
 */
inputs?: {
[k: string]: PlaybookInput
}
budget: PlaybookBudget
clock?: PlaybookClock
/**
 * What to run
 * 
 * @minItems 1
 * @maxItems 200
 */
steps: PlaybookStep[]
/**
 * What the outputs mean
 * 
 * @maxItems 300
 */
rules: PlaybookRule[]
synthesis?: PlaybookSynthesis
}

export interface PlaybookInclude {
/**
 * Playbook id and what is taken from it
 */
rules: string
/**
 * Step ids of the other playbook and the steps here that stand for them; rules that need another step are left out. Every step that a rule needs must exist here when absent
 */
steps?: {
/**
 * Step of this playbook
 */
[k: string]: string
}
/**
 * Rules that are taken; all when absent
 * 
 * @maxItems 300
 * 
 * Items: Rule id
 */
only?: string[]
}

export interface PlaybookInput {
/**
 * Grammar of the value. target-kubeconfig comes from the processor only
 */
type: ("k8s-name" | "unit" | "host" | "port" | "duration" | "path" | "enum" | "string" | "integer" | "target-kubeconfig")
/**
 * Whether the playbook needs it
 */
required?: boolean
/**
 * Value when none is given; ${name} is replaced by an input declared before
 */
default?: (string | number)
/**
 * Values that a request may give: the values of an enum, exact hosts, or folders for a path. Without it a request can set neither a host nor a path
 * 
 * @maxItems 100
 * 
 * Items: Host or folder
 */
allow?: string[]
/**
 * Regular expression that a string must match as a whole
 */
pattern?: string
/**
 * Smallest integer or port, or shortest duration
 */
min?: (number | string)
/**
 * Largest integer or port, or longest duration
 */
max?: (number | string)
/**
 * What fills it: the namespace of a request, its first affected resource (of a kind), or target: the configuration of the processor, never a request. An input named like a kind, or of type unit, takes such a resource by itself
 */
from?: string
/**
 * What it is
 */
description: string
}

export interface PlaybookBudget {
/**
 * Wall-clock seconds
 */
seconds: number
/**
 * Bytes of all outputs
 */
outputBytes: number
/**
 * Steps at once
 */
parallel: number
}

export interface PlaybookClock {
/**
 * Step
 */
step: string
/**
 * Path to its time
 */
path: string
}

export interface PlaybookStep {
/**
 * Step id
 */
id: string
/**
 * What it looks at, for progress and reports
 */
title: string
/**
 * Command and arguments; never given to a shell. ${name} is replaced by an input as a whole element
 * 
 * @minItems 1
 * @maxItems 60
 * 
 * Items: Argument
 */
argv?: string[]
/**
 * Built-in reader instead of a command: host-facts reads what the operating system tells every process
 */
collector?: "host-facts"
promql?: PlaybookPromql
/**
 * Where it runs: target is what the request is about, processor the machine of the processor, host, docker, hub and hosted the target of that kind of the same request
 */
via?: ("target" | "processor" | "host" | "docker" | "hub" | "hosted")
/**
 * read looks, probe opens a connection, exec-read runs a reader inside a container
 */
access: ("read" | "probe" | "exec-read")
/**
 * Who must run it: user, group:<name> or root
 */
privilege?: string
/**
 * What it needs in Kubernetes; roles are generated from it
 * 
 * @maxItems 30
 */
rbac?: PlaybookRbac[]
/**
 * Whether the answer depends on it
 */
required?: boolean
/**
 * Operating systems where it makes sense; everywhere when absent
 * 
 * @maxItems 2
 */
platforms?: ("linux" | "darwin")[]
/**
 * Time limit
 */
timeoutSeconds: number
/**
 * Exit codes that mean the output is good; 0 when absent
 * 
 * @maxItems 20
 * 
 * Items: Exit code
 */
okExitCodes?: number[]
/**
 * Exit codes that are data, visible to rules as step.signal
 */
signalExitCodes?: {
/**
 * Name of the signal
 */
[k: string]: string
}
output: PlaybookOutput
when?: PlaybookWhen
/**
 * Earlier steps that must have ended before it starts
 * 
 * @maxItems 20
 * 
 * Items: Step
 */
after?: string[]
forEach?: PlaybookForEach
/**
 * When it cannot be judged: go on, end the run, or skip the steps that come after it (when, forEach, after)
 */
onError?: ("continue" | "abort" | "skip-dependents")
/**
 * Tried in order when the command cannot run
 * 
 * @maxItems 5
 */
fallback?: PlaybookFallback[]
}

export interface PlaybookPromql {
/**
 * PromQL; ${name} is replaced by an input, escaped for a quoted string
 */
query: string
/**
 * How far back to read values; only the current value when absent
 */
range?: string
/**
 * Distance of the values; a sixtieth of the range when absent
 */
step?: string
}

export interface PlaybookRbac {
/**
 * API group; empty for the core
 */
group?: string
/**
 * Resource, or several with commas
 */
resource?: string
/**
 * Only objects of these names
 * 
 * @maxItems 20
 * 
 * Items: Name
 */
names?: string[]
/**
 * Path outside the resources, instead of a resource
 */
url?: string
/**
 * Verbs; exec-read needs create on pods/exec
 * 
 * @minItems 1
 * @maxItems 4
 */
verbs: ("get" | "list" | "watch" | "create")[]
/**
 * cluster, a namespace, or ${input}
 */
scope?: string
}

export interface PlaybookOutput {
/**
 * text: lines; json: one document; jsonl: a document a line; kv: key and value a line; table: header and rows; rc: only the exit code counts
 */
format: ("text" | "json" | "jsonl" | "kv" | "table" | "rc")
/**
 * Column names of a table; the last one takes the rest of the line
 * 
 * @maxItems 40
 * 
 * Items: Column
 */
columns?: string[]
/**
 * Separator of kv lines; = or : by default
 */
separator?: string
/**
 * Lines before the first row of a table
 */
skipLines?: number
/**
 * Bytes read of the output, 256 KiB by default; of more than 800 KiB the record keeps what is quoted, and as much of the rest as fits
 */
maxBytes?: number
/**
 * Regular expression with named groups that reads one row of a table; instead of columns, for cells that hold spaces. Lines that it does not match are no rows
 */
pattern?: string
/**
 * Paths that are taken out of a json or jsonl output before anything is stored or judged; ** stands for any depth
 * 
 * @maxItems 40
 * 
 * Items: Path
 */
drop?: string[]
/**
 * Paths of a json or jsonl output that stay; everything else is taken out before anything is stored or judged
 * 
 * @maxItems 60
 * 
 * Items: Path
 */
keep?: string[]
/**
 * Which lines are left out when there are more than maxBytes: end the last ones, start the first ones, so that a log keeps what is newest, of each pod an equal part; for text, table and jsonl
 */
cut?: ("end" | "start")
/**
 * An empty json output is a document without entries, {items: []}, as of kubectl get --ignore-not-found; an answer without series is none, instead of unknown
 */
allowEmpty?: boolean
}

export interface PlaybookWhen {
/**
 * Earlier step that must be known
 */
step?: string
/**
 * Path to a list in the output of that step; one item that fits is enough
 */
iterate?: string
/**
 * All must hold
 * 
 * @maxItems 20
 */
where?: PlaybookCondition[]
/**
 * Rule over earlier steps that must have found something
 */
rule?: string
/**
 * Input that must have a value
 */
input?: string
}

export interface PlaybookCondition {
/**
 * Path inside the item, for example status.conditions[type=Ready].status. Named items, step, input, bind and match come first
 */
path?: string
/**
 * Comparison; newerThan and olderThan take a duration and look at the capture time, expiresWithin: the moment is past or will be within the duration
 */
op?: ("eq" | "ne" | "in" | "notIn" | "exists" | "absent" | "gt" | "gte" | "lt" | "lte" | "matches" | "notMatches" | "newerThan" | "olderThan" | "expiresWithin")
/**
 * What to compare with; a list for in and notIn
 * 
 * @maxItems 100
 */
value?: (string | number | boolean | (string | number | boolean)[])
/**
 * Path of the other value, inside the same item
 */
valueFrom?: string
/**
 * One of these must hold
 * 
 * @minItems 1
 * @maxItems 20
 */
any?: PlaybookCondition[]
/**
 * All of these must hold
 * 
 * @minItems 1
 * @maxItems 20
 */
all?: PlaybookCondition[]
not?: PlaybookCondition
existsIn?: PlaybookJoin
}

export interface PlaybookJoin {
/**
 * Step whose output is searched
 */
step: string
/**
 * Path to its list; items[*], rows[*], lines[*] or series[*] by the form of the output when absent
 */
iterate?: string
/**
 * Name of the first item found, for texts and for the conditions below
 */
as?: string
/**
 * Pairs of paths: into the other item, and into this one
 * 
 * @maxItems 5
 */
equal?: string[][]
/**
 * Conditions on the other item; paths that do not begin with a name lead into it
 * 
 * @maxItems 30
 */
where?: PlaybookCondition[]
/**
 * Smallest number of items
 */
atLeast?: number
/**
 * Text of the other item, for refine
 */
field?: string
}

export interface PlaybookForEach {
/**
 * Rule over earlier steps
 */
rule?: string
/**
 * Earlier step
 */
step?: string
/**
 * Path to the list of that step, or named paths in order
 */
iterate?: (string | {
/**
 * Path
 */
[k: string]: string
})
/**
 * Items that are taken; all when absent
 * 
 * @maxItems 30
 */
where?: PlaybookCondition[]
/**
 * Most runs; the rest stays unknown
 */
max: number
/**
 * Names for argv and for rules (bind.name), with a text made from the item. What is no plain name is not run
 */
bind: {
[k: string]: PlaybookBind
}
}

export interface PlaybookFallback {
/**
 * Statuses that lead here; parse-error: it ran, and its output could not be read (failed leads here too)
 * 
 * @minItems 1
 * @maxItems 7
 */
on: ("failed" | "timeout" | "denied" | "missing-tool" | "unreachable" | "skipped" | "parse-error")[]
/**
 * Command and arguments; never given to a shell. ${name} is replaced by an input as a whole element
 * 
 * @minItems 1
 * @maxItems 60
 * 
 * Items: Argument
 */
argv: string[]
output?: PlaybookOutput1
/**
 * Exit codes that mean the output is good
 * 
 * @maxItems 20
 * 
 * Items: Exit code
 */
okExitCodes?: number[]
/**
 * Exit codes that are data, visible to rules as step.signal
 */
signalExitCodes?: {
/**
 * Name of the signal
 */
[k: string]: string
}
}

export interface PlaybookOutput1 {
/**
 * text: lines; json: one document; jsonl: a document a line; kv: key and value a line; table: header and rows; rc: only the exit code counts
 */
format: ("text" | "json" | "jsonl" | "kv" | "table" | "rc")
/**
 * Column names of a table; the last one takes the rest of the line
 * 
 * @maxItems 40
 * 
 * Items: Column
 */
columns?: string[]
/**
 * Separator of kv lines; = or : by default
 */
separator?: string
/**
 * Lines before the first row of a table
 */
skipLines?: number
/**
 * Bytes read of the output, 256 KiB by default; of more than 800 KiB the record keeps what is quoted, and as much of the rest as fits
 */
maxBytes?: number
/**
 * Regular expression with named groups that reads one row of a table; instead of columns, for cells that hold spaces. Lines that it does not match are no rows
 */
pattern?: string
/**
 * Paths that are taken out of a json or jsonl output before anything is stored or judged; ** stands for any depth
 * 
 * @maxItems 40
 * 
 * Items: Path
 */
drop?: string[]
/**
 * Paths of a json or jsonl output that stay; everything else is taken out before anything is stored or judged
 * 
 * @maxItems 60
 * 
 * Items: Path
 */
keep?: string[]
/**
 * Which lines are left out when there are more than maxBytes: end the last ones, start the first ones, so that a log keeps what is newest, of each pod an equal part; for text, table and jsonl
 */
cut?: ("end" | "start")
/**
 * An empty json output is a document without entries, {items: []}, as of kubectl get --ignore-not-found; an answer without series is none, instead of unknown
 */
allowEmpty?: boolean
}

export interface PlaybookRule {
/**
 * Rule id
 */
id: string
/**
 * What it checks, for ruled-out lists
 */
title: string
/**
 * Step whose output is judged
 */
from: string
/**
 * Path to the list whose items are judged one by one, or named paths in order, each inside an earlier one; the whole output when absent
 */
iterate?: (string | {
/**
 * Path that begins with the output, or with an earlier name
 */
[k: string]: string
})
/**
 * Inputs that it is about; without a value for each of them the rule does not apply
 * 
 * @maxItems 10
 * 
 * Items: Input
 */
inputs?: string[]
extract?: PlaybookExtract
/**
 * All must hold for a match
 * 
 * @maxItems 30
 */
where?: PlaybookCondition[]
/**
 * Named function that picks or computes the items to judge; the conditions still apply to each of them
 */
detector?: string
/**
 * Settings for the detector; ${input.name} is replaced
 */
with?: {
/**
 * Setting
 */
[k: string]: string | number | boolean
}
group?: PlaybookGroup
/**
 * Most findings that one rule gives
 */
max?: number
finding: PlaybookFinding
}

export interface PlaybookExtract {
/**
 * Text
 */
path: string
/**
 * Regular expression with named groups
 */
pattern: string
}

export interface PlaybookGroup {
/**
 * Path whose value names the group, visible as ${group.key}; one group of all items when absent, which exists even when no item matches
 */
by?: string
/**
 * Smallest number of items of a group that is a finding, visible as ${group.count}
 */
atLeast?: number
having?: PlaybookHaving
}

export interface PlaybookHaving {
count?: PlaybookCount
distinct?: PlaybookMeasure
sum?: PlaybookMeasure
share?: PlaybookShare
}

export interface PlaybookCount {
/**
 * More than
 */
gt?: number
/**
 * At least
 */
gte?: number
/**
 * Less than
 */
lt?: number
/**
 * At most
 */
lte?: number
/**
 * Exactly
 */
eq?: number
}

export interface PlaybookMeasure {
/**
 * Path
 */
path: string
/**
 * More than
 */
gt?: number
/**
 * At least
 */
gte?: number
/**
 * Less than
 */
lt?: number
/**
 * At most
 */
lte?: number
/**
 * Exactly
 */
eq?: number
}

export interface PlaybookShare {
/**
 * The whole; items when absent
 */
of?: ("items" | "matches")
/**
 * More than
 */
gt?: number
/**
 * At least
 */
gte?: number
/**
 * Less than
 */
lt?: number
/**
 * At most
 */
lte?: number
/**
 * Exactly
 */
eq?: number
}

export interface PlaybookFinding {
/**
 * Stable code
 */
code: string
/**
 * How bad
 */
severity: ("info" | "warning" | "error" | "critical")
/**
 * What it is about; ${path} is replaced from the item
 */
object: string
/**
 * One line; ${path} is replaced from the item
 */
title: string
/**
 * What is expected instead, in a few words; ${path} is replaced from the item
 */
expected?: string
/**
 * What it means
 */
explanation: string
/**
 * How sure the author is, from 0 (a guess) to 1 (certain)
 */
confidence: number
/**
 * Exact words of the output to cite; the line of the item, or the value of the first condition, when absent
 */
quote?: string
/**
 * Path to the moment when it began
 */
since?: string
/**
 * What would disprove it as the cause
 */
disprovedBy?: string
/**
 * Codes that this one explains
 * 
 * @maxItems 50
 * 
 * Items: Code
 */
explains?: string[]
/**
 * Raises the confidence when another rule fires
 * 
 * @maxItems 20
 */
raise?: PlaybookRaise[]
/**
 * Lowers the confidence when another rule fires
 * 
 * @maxItems 20
 */
lower?: PlaybookLower[]
refine?: PlaybookRefine
/**
 * Strategy that looks closer; such a finding is never the root cause by itself
 */
pointsTo?: string
/**
 * What to do
 * 
 * @maxItems 10
 */
recommendations?: PlaybookRecommendation[]
/**
 * Catalogue ids of fixes that could help, the best first
 * 
 * @maxItems 10
 * 
 * Items: Fix
 */
actions?: string[]
/**
 * Kind of fix
 */
fixCategory?: string
}

export interface PlaybookRaise {
/**
 * Rule id
 */
if: string
/**
 * How much
 */
by: number
}

export interface PlaybookLower {
/**
 * Rule id
 */
if: string
/**
 * How much
 */
by: number
}

export interface PlaybookRefine {
/**
 * Text of the item
 */
field?: string
join?: PlaybookJoin
/**
 * Tried in order
 * 
 * @minItems 1
 * @maxItems 30
 */
cases: PlaybookRefineCase[]
}

export interface PlaybookRefineCase {
/**
 * Regular expression; its named groups are match.name in texts
 */
match: string
/**
 * Stable code
 */
code?: string
/**
 * How bad
 */
severity?: ("info" | "warning" | "error" | "critical")
/**
 * What it is about; ${path} is replaced from the item
 */
object?: string
/**
 * One line; ${path} is replaced from the item
 */
title?: string
/**
 * What it means
 */
explanation?: string
/**
 * How sure the author is, from 0 (a guess) to 1 (certain)
 */
confidence?: number
/**
 * What would disprove it as the cause
 */
disprovedBy?: string
/**
 * Codes that this one explains
 * 
 * @maxItems 50
 * 
 * Items: Code
 */
explains?: string[]
/**
 * Strategy that looks closer; such a finding is never the root cause by itself
 */
pointsTo?: string
/**
 * What to do
 * 
 * @maxItems 10
 */
recommendations?: PlaybookRecommendation[]
/**
 * Catalogue id of the fix
 */
action?: string
}

export interface PlaybookRecommendation {
/**
 * What to do; ${path} is replaced
 */
action: string
/**
 * Command to copy; ${path} is replaced
 */
command?: string
/**
 * What can go wrong
 */
risk: ("none" | "low" | "medium" | "high")
}

export interface PlaybookSynthesis {
/**
 * Codes in the causal order that the platform defines, causes first
 * 
 * @maxItems 100
 * 
 * Items: Code
 */
order?: string[]
}

export interface PolicyTest {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "PolicyTest"
/**
 * Policy that is tested, as a path from the folder of this file; --file or the configuration of a processor when absent
 */
policy?: string
/**
 * Questions and what must come of them
 * 
 * @minItems 1
 * @maxItems 1000
 */
cases: PolicyTestCase[]
}

export interface PolicyTestCase {
/**
 * What the case shows
 */
name?: string
/**
 * Who asks
 */
as: string
/**
 * Cluster that is asked about
 */
cluster: string
/**
 * Namespace that the request names
 */
namespace?: string
/**
 * Strategy, never auto: name the one that would be chosen
 */
strategy: string
/**
 * Engine of the request; auto when absent
 */
engine?: ("auto" | "diagnostics" | "claude")
/**
 * Mode of the request; read when absent
 */
mode?: ("read" | "propose" | "apply")
/**
 * Tools that the request names
 * 
 * @minItems 1
 * @maxItems 12
 */
tools?: ("read" | "grep" | "kubectl" | "oc" | "systemctl" | "journalctl" | "docker" | "podman" | "crictl" | "host" | "network" | "database")[]
/**
 * Timeout of the request in seconds; the shortest that is possible when absent
 */
timeout?: number
/**
 * When it is asked; now when absent, so name it where a rule has hours
 */
at?: string
/**
 * What must come of it
 */
expect: ("allow" | "deny")
/**
 * Rule that must allow it
 */
rule?: string
/**
 * Reason code of the refusal that must come
 */
code?: string
}

export interface Policy {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "Policy"
/**
 * IANA time zone of hours that name none, and of the local times in refusals; UTC when absent
 */
timeZone?: string
groups?: PolicyGroups
/**
 * Who may resume, release held results and announce a rewritten history; nobody when absent
 * 
 * @minItems 1
 * @maxItems 500
 * 
 * Items: A principal, or group:NAME; there are no wildcards
 */
administrators?: string[]
/**
 * A request is allowed when one of them fits in every field; the first that fits sets the limits of the run
 * 
 * @minItems 1
 * @maxItems 200
 */
rules: PolicyRule[]
/**
 * How much may be asked; every limit that names a person holds. Days are those of UTC
 * 
 * @maxItems 100
 */
limits?: PolicyLimit[]
}

export interface PolicyGroups {
/**
 * The people of a team
 * 
 * @minItems 1
 * @maxItems 500
 * 
 * Items: Principal, literally as in allowed_signers
 */
[k: string]: string[]
}

export interface PolicyRule {
/**
 * Name for refusals and records, unique whatever the case
 */
name: string
/**
 * Who may ask
 * 
 * @minItems 1
 * @maxItems 500
 * 
 * Items: A principal, or group:NAME; there are no wildcards
 */
who: string[]
/**
 * Clusters that may be asked about
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: A name; * stands for any characters, ? for one
 */
clusters: string[]
/**
 * Namespaces that a request may name; it must name one then. Any, or none, when absent
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: A name; * stands for any characters, ? for one
 */
namespaces?: string[]
/**
 * Strategies that may run; for a request with auto the one that was chosen
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: A name; * stands for any characters, ? for one
 */
strategies: string[]
/**
 * Engines that may run; a request with auto fits any and is held to these
 * 
 * @minItems 1
 * @maxItems 2
 */
engines: ("diagnostics" | "claude")[]
/**
 * Families of commands for the investigator; a request that names none is held to these. All when absent
 * 
 * @minItems 1
 * @maxItems 12
 */
tools?: ("read" | "grep" | "kubectl" | "oc" | "systemctl" | "journalctl" | "docker" | "podman" | "crictl" | "host" | "network" | "database")[]
/**
 * What may be asked for; only read when absent
 * 
 * @minItems 1
 * @maxItems 3
 */
modes?: ("read" | "propose" | "apply")[]
/**
 * Longest timeout of a request, in seconds; the limit of the processor when absent
 */
maxTimeout?: number
/**
 * Most US dollars that one investigation gets; the limit of the processor when absent
 */
maxUsd?: number
sessions?: PolicySessions
hours?: PolicyHours
}

export interface PolicySessions {
/**
 * Longest life of a session in seconds, extensions included
 */
maxSeconds: number
/**
 * Sessions of one person at the same time
 */
maxPerPerson: number
/**
 * Most US dollars that the model may cost in one session; the configuration of the processor alone limits it when absent
 */
maxUsd?: number
}

export interface PolicyHours {
/**
 * Days on which the hours begin
 * 
 * @minItems 1
 * @maxItems 7
 */
days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[]
/**
 * Time of day at which they begin, such as 07:00
 */
from: string
/**
 * Time of day at which they are over, such as 19:00 or 24:00; before from it is that of the next day
 */
to: string
/**
 * IANA time zone of these times; that of the policy when absent
 */
timeZone?: string
}

export interface PolicyLimit {
/**
 * Name for refusals, unique whatever the case
 */
name: string
/**
 * Whom it limits; everybody when absent
 * 
 * @minItems 1
 * @maxItems 500
 * 
 * Items: A principal, or group:NAME; there are no wildcards
 */
who?: string[]
/**
 * person: each of them has this much; group: all of them share it
 */
per: ("person" | "group")
/**
 * Requests accepted within any 60 minutes
 */
requestsPerHour?: number
/**
 * Requests accepted in a day of UTC
 */
requestsPerDay?: number
/**
 * Minutes of investigation in a day of UTC; a request needs its whole timeout to be left
 */
minutesPerDay?: number
/**
 * US dollars for models in a day of UTC
 */
usdPerDay?: number
}

export interface Presence {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "Presence"
/**
 * Cluster that it serves
 */
cluster: string
/**
 * hub, hosted or host
 */
type: ("hub" | "hosted" | "host")
/**
 * What the target says it is: infrastructure id, cluster id or machine id
 */
identity?: string
/**
 * Stable name of the processor instance
 */
holder: string
/**
 * Random value of one start of the processor; changes at every restart
 */
incarnation: string
/**
 * Version of claude-warroom
 */
version: string
/**
 * When the processor started
 */
startedAt: string
/**
 * When it wrote this
 */
seenAt: string
/**
 * Longest pause between two looks in seconds
 */
pollSeconds: number
/**
 * Interval of these announcements; after three without one the processor counts as gone
 */
announceSeconds: number
/**
 * Engines that work here
 * 
 * @maxItems 2
 */
engines: ("diagnostics" | "claude")[]
/**
 * open runs unsigned requests, required does not
 */
trust: ("open" | "required")
key?: PresenceKey
/**
 * What can be asked
 * 
 * @maxItems 100
 */
strategies: PresenceStrategy[]
/**
 * Investigations running now
 */
running: number
/**
 * Groups of hosts that a request can name as group/NAME; absent unless the processor serves an inventory
 * 
 * @maxItems 100
 */
groups?: PresenceGroup[]
/**
 * What the credentials of the processor may read, of what its playbooks need; absent when it reads no cluster or has not asked yet
 * 
 * @maxItems 100
 */
access?: PresenceAccess[]
/**
 * What an administrator should look at; absent when all is well
 * 
 * @maxItems 10
 */
warnings?: PresenceWarning[]
paused?: PauseReason
}

export interface PresenceKey {
/**
 * Type and base64, as in a .pub file, without a comment
 */
publicKey: string
/**
 * SHA-256 of the public key, as ssh-keygen -l prints it
 */
fingerprint: string
}

export interface PresenceStrategy {
/**
 * Strategy name
 */
id: string
/**
 * One line for menus
 */
title: string
/**
 * Number of read-only steps
 */
steps: number
/**
 * Usual duration in seconds
 */
seconds: number
/**
 * What each step looks at, one line each
 * 
 * @maxItems 200
 * 
 * Items: Step title
 */
checks?: string[]
}

export interface PresenceGroup {
/**
 * Name of the group
 */
name: string
/**
 * What it is
 */
description?: string
/**
 * Number of hosts in it
 */
hosts: number
}

export interface PresenceAccess {
/**
 * self, or the name of a hosted cluster
 */
cluster: string
/**
 * When the cluster was asked
 */
checkedAt: string
/**
 * Number of rights that are granted
 */
granted: number
/**
 * Rights that playbooks need and that are not granted
 * 
 * @maxItems 200
 */
denied: DeniedRight[]
/**
 * Why the cluster could not be asked; nothing is known then
 */
unknown?: string
}

export interface DeniedRight {
/**
 * Verb, resource and place
 */
right: string
/**
 * Playbooks with steps that will be denied
 * 
 * @maxItems 100
 */
playbooks: string[]
}

export interface PresenceWarning {
/**
 * Stable code
 */
code: string
/**
 * What is wrong; never a part of a file of the zone
 */
message: string
}

export interface PauseReason {
/**
 * Stable reason code
 */
code: string
/**
 * What happened and why
 */
message: string
/**
 * What to do about it
 */
hint?: string
/**
 * Digest of the PAUSE that was seen in the war room; what a signed resume must name
 */
pauseSha256?: string
}

export interface ProcessorConfig {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "ProcessorConfig"
cluster: ProcessorCluster
/**
 * Stable name of the processor instance
 */
holder?: string
/**
 * required runs signed requests only; open is accepted for local and loopback repositories
 */
trust: ("required" | "open")
/**
 * Folder of the zone that says whom this processor trusts: allowed_signers, revoked_keys, policy.yaml
 */
trustDir?: string
/**
 * Private SSH key that signs results; without it the processor makes one in stateDir at its first start
 */
signingKeyFile?: string
repository: ProcessorRepository
/**
 * Folder for mirror, ledger and outbox
 */
stateDir: string
target?: ProcessorTarget
broker?: ProcessorBroker
/**
 * auto uses Claude when a credential is there
 */
engine?: ("auto" | "diagnostics" | "claude")
claude?: ProcessorClaude
executor?: ProcessorExecutor
/**
 * Folder with playbooks of this site, added to the built-in ones
 */
playbookDir?: string
/**
 * Investigations at once
 */
concurrency?: number
/**
 * Longest timeout that a request may ask for, in seconds
 */
maxTimeout?: number
polling?: ProcessorPolling
lease?: ProcessorLease
/**
 * Shortest pause between two progress pushes
 */
progressSeconds?: number
/**
 * Interval of presence announcements
 */
announceSeconds?: number
/**
 * Shortest pause between two index pages
 */
indexSeconds?: number
/**
 * Time that running work has to finish after SIGTERM; what has not finished is handed back. Less than the grace period of the pod or of the service, which is 300 s in what this project installs
 */
stopSeconds?: number
/**
 * Time that a cluster before this one in a sequential request has to begin; then this one goes on without it
 */
predecessorSeconds?: number
/**
 * Push budget; GitHub recommends at most 6 a minute for a repository
 */
pushesPerMinute?: number
redaction?: ProcessorRedaction
sessions?: ProcessorSessions
/**
 * File that pauses this processor while it exists and is not empty; its content is the reason. PAUSE in stateDir when absent
 */
pauseFile?: string
disclosure?: ProcessorDisclosure
audit?: ProcessorAudit
metrics?: ProcessorMetrics
canary?: ProcessorCanary
retention?: ProcessorRetention
/**
 * Where results go besides; Git is always the first, and only Git decides
 * 
 * @maxItems 3
 */
publishers?: ProcessorPublisher[]
}

export interface ProcessorCluster {
/**
 * hub carries hosted control planes, hosted is a cluster whose control plane runs on a hub, host is a Linux machine
 */
type: ("hub" | "hosted" | "host")
/**
 * Name of the cluster as registered in clusters/<name>.yaml
 */
name: string
}

export interface ProcessorRepository {
/**
 * URL or local path
 */
url: string
/**
 * Branch
 */
branch?: string
/**
 * Where claims, inbox and presence live; refs/heads/warroom on hosts without custom refs
 */
refNamespace?: string
/**
 * Proxy that takes CONNECT, for git over https; without a name or password
 */
proxy?: string
credential?: ProcessorCredential
}

export interface ProcessorCredential {
/**
 * User name for HTTP
 */
username?: string
/**
 * File that holds the token or password for HTTP; read again before each use
 */
tokenFile?: string
/**
 * Environment variable that holds the token for HTTP
 */
tokenEnv?: string
/**
 * Private key for SSH
 */
sshKeyFile?: string
/**
 * Pinned host keys for SSH
 */
knownHostsFile?: string
/**
 * Certificate authority of the git server
 */
caFile?: string
}

export interface ProcessorTarget {
/**
 * local: on the machine of the processor; ssh: on one other machine; inventory: on the hosts of an inventory file; containers: only the state of containers, through the command line of their engine; kubernetes: kubectl through the cluster broker
 */
kind: ("local" | "ssh" | "inventory" | "containers" | "kubernetes")
ssh?: SshTargetConfig
metrics?: TargetMetrics
/**
 * Inventory, for kind inventory
 */
inventoryFile?: string
/**
 * Whether playbook steps of access exec-read may run a reader inside a container of the target; false when absent. Only for kinds local, ssh and inventory: the cluster broker forwards no exec
 */
execRead?: boolean
/**
 * Container engine, for kind containers
 */
engine?: ("docker" | "podman")
/**
 * Credential of the cluster, for the cluster broker alone; the service account of the pod when absent
 */
kubeconfigFile?: string
/**
 * Context of the kubeconfig; its current one when absent
 */
context?: string
/**
 * Hosted clusters that are read as well, each with a read-only kubeconfig of its own
 * 
 * @maxItems 200
 */
hosted?: ProcessorHostedCluster[]
}

export interface SshTargetConfig {
/**
 * DNS name or IP address
 */
address: string
/**
 * Port of sshd; 22 when absent
 */
port?: number
/**
 * User
 */
user: string
/**
 * Private key without a passphrase
 */
keyFile: string
/**
 * Pinned host keys; no other host key is believed
 */
knownHostsFile: string
/**
 * exec sends argument lists; wrapper names steps that the host looks up in a table of its own
 */
mode?: ("exec" | "wrapper")
jump?: SshJump
}

export interface TargetMetrics {
/**
 * Address below which its API begins
 */
url: string
/**
 * File that holds the token; read again for every question
 */
tokenFile?: string
/**
 * Certificate authority
 */
caFile?: string
/**
 * Label instance of this machine there; the input metricsInstance of playbooks
 */
instance?: string
}

export interface ProcessorHostedCluster {
/**
 * Name of the hosted cluster, as its HostedCluster has it
 */
name: string
/**
 * Credential of the hosted cluster
 */
kubeconfigFile: string
/**
 * Context of the kubeconfig; its current one when absent
 */
context?: string
}

export interface ProcessorBroker {
listen?: ProcessorBrokerListen
/**
 * Resources that may be read as well; resource/status and resource/scale add a subresource
 * 
 * @maxItems 200
 */
allow?: ProcessorResourceGroup[]
/**
 * Resources that may not be read after all
 * 
 * @maxItems 200
 */
deny?: ProcessorResourceGroup[]
/**
 * Names of ConfigMaps whose data may be read as well
 * 
 * @maxItems 200
 * 
 * Items: Name
 */
configMaps?: string[]
prometheus?: ProcessorPrometheus
docker?: ProcessorContainerEngine
}

export interface ProcessorBrokerListen {
/**
 * Address of this machine
 */
host: string
/**
 * Port; 0 takes a free one
 */
port: number
/**
 * Name by which it is reached there, for example that of a Service; the address when absent
 */
name?: string
}

export interface ProcessorResourceGroup {
/**
 * API group; empty for the core group
 */
group: string
/**
 * Names in the plural, as kubectl api-resources shows them
 * 
 * @minItems 1
 * @maxItems 100
 * 
 * Items: Resource
 */
resources: string[]
}

export interface ProcessorPrometheus {
/**
 * Address below which its API begins
 */
url: string
/**
 * File that holds the token; read again for every question
 */
tokenFile?: string
/**
 * Certificate authority
 */
caFile?: string
}

export interface ProcessorContainerEngine {
/**
 * Socket of its API
 */
socket: string
}

export interface ProcessorClaude {
/**
 * Path of the claude binary; PATH and the npm package are looked at when absent
 */
binary?: string
/**
 * Full model id; ANTHROPIC_MODEL or the pinned default when absent
 */
model?: string
/**
 * Most turns of one investigation
 */
maxTurns?: number
/**
 * Most US dollars that one investigation may cost
 */
maxUsd?: number
/**
 * File that holds the API key; ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN when absent
 */
apiKeyFile?: string
/**
 * Address of a Messages API or gateway; ANTHROPIC_BASE_URL when absent
 */
baseUrl?: string
/**
 * Folder with site knowledge (*.md) for the investigator; lies in the zone
 */
contextDir?: string
/**
 * Whether a second, cheap look checks the claims of each report; it can only lower confidence. Off when absent
 */
verify?: boolean
/**
 * Full model id of the second look; that of the investigation when absent
 */
verifyModel?: string
/**
 * Most US dollars that one requester may spend in a day of UTC; 20 when absent. What runs at the same time may pass it together
 */
requesterUsdPerDay?: number
/**
 * Most US dollars that all requesters together may spend in a day of UTC; 100 when absent
 */
usdPerDay?: number
/**
 * Hours that the conversation of a finished investigation is kept for follow-up questions; 24 when absent, 0 keeps none; none is kept when user is set
 */
keepConversationHours?: number
user?: ProcessorClaudeUser
}

export interface ProcessorClaudeUser {
/**
 * Number of the user
 */
uid: number
/**
 * Number of its group
 */
gid: number
}

export interface ProcessorExecutor {
/**
 * local-process or kubernetes-job
 */
kind: ("local-process" | "kubernetes-job")
/**
 * Image of the agent with its digest; its Claude Code has the version of the processor's; needed for kubernetes-job
 */
image?: string
/**
 * Folder with token, ca.crt and namespace of the account that makes Jobs, as a Secret of a service account is mounted
 */
credentialDir?: string
/**
 * Kubeconfig of that account, for a processor outside of the cluster; used in place of credentialDir
 */
kubeconfigFile?: string
/**
 * Namespace of the Jobs; that in credentialDir when absent
 */
namespace?: string
/**
 * IP address and port at which agents find the processor; POD_IP and 8443 when absent
 */
listen?: {
/**
 * Address to listen on
 */
host?: string
/**
 * Port; 0 takes a free one
 */
port?: number
/**
 * Address that agents are told; host when absent
 */
address?: string
}
/**
 * Most agents at the same time; 2 when absent
 */
maxJobs?: number
/**
 * Seconds from the making of a Job to the first word of its agent; 180 when absent
 */
startSeconds?: number
/**
 * Seconds that a finished Job stays; 3600 when absent
 */
ttlSeconds?: number
/**
 * What one agent may use; cpu 1, memory 1Gi and storage 1Gi when absent
 */
resources?: {
/**
 * Processors
 */
cpu?: string
/**
 * Memory
 */
memory?: string
/**
 * Folder that Claude Code works in
 */
storage?: string
}
}

export interface ProcessorPolling {
/**
 * Pause after activity
 */
minSeconds: number
/**
 * Longest pause when idle
 */
maxSeconds: number
}

export interface ProcessorLease {
/**
 * Lease; taken over after 1.25 times as long
 */
seconds: number
/**
 * Renewal interval
 */
renewSeconds: number
}

export interface ProcessorRedaction {
/**
 * Where secret values are found
 * 
 * @maxItems 100
 */
knownValues?: KnownValueSource[]
obfuscate?: RedactionObfuscation
}

export interface KnownValueSource {
/**
 * Name of the mark
 */
name: string
/**
 * Environment variable
 */
env?: string
/**
 * File
 */
file?: string
}

export interface RedactionObfuscation {
/**
 * IP and hardware addresses
 */
addresses?: boolean
/**
 * Domains whose host names are hidden
 * 
 * @maxItems 100
 */
domains?: string[]
/**
 * Names of nodes; * stands for any part of a name
 * 
 * @maxItems 100
 */
nodeNames?: string[]
}

export interface ProcessorSessions {
/**
 * Kubeconfig of a service account that may create, patch and delete pods there, and nothing else
 */
kubeconfigFile: string
/**
 * Namespace of the pods; claude-warroom-sessions when absent
 */
namespace?: string
/**
 * Image of the pods, by its digest
 */
image: string
/**
 * Sessions of everybody at the same time; 2 when absent
 */
maxSessions?: number
/**
 * A session whose conversation does not change for so long ends; 1800 when absent
 */
idleSeconds?: number
model?: ProcessorSessionModel
}

export interface ProcessorSessionModel {
/**
 * broker: the processor forwards the calls with its own key and counts them; gateway, also when absent: one that you run
 */
kind?: ("broker" | "gateway")
/**
 * For a broker: most US dollars that one session may cost; 5 when absent
 */
maxUsd?: number
listen?: ProcessorSessionListen
/**
 * For a gateway: its address, without credentials
 */
baseUrl?: string
/**
 * For a gateway: Secret in the namespace of the pods whose key token opens it; the processor never reads it
 */
tokenSecret?: string
}

export interface ProcessorSessionListen {
/**
 * Address to listen on
 */
host?: string
/**
 * Port
 */
port?: number
/**
 * IP address that the pods are told, or the name of a Service, which the processor resolves for them; host when absent
 */
address?: string
}

export interface ProcessorDisclosure {
/**
 * full publishes the evidence too; report keeps evidence in the zone and cuts quotes; summary publishes the bottom line alone. full when absent
 */
publish?: ("full" | "report" | "summary")
/**
 * Whether a finished result waits in the zone until an administrator releases it. Off when absent
 */
hold?: boolean
/**
 * Whether the war room may be readable by everybody. Refused when absent
 */
allowPublicRemote?: boolean
}

export interface ProcessorAudit {
/**
 * File of JSON lines, each with the digest of the one before it; audit.jsonl in stateDir when absent
 */
file?: string
syslog?: ProcessorSyslog
}

export interface ProcessorSyslog {
/**
 * udp://host:port, tcp://host:port or unix:/path
 */
address: string
}

export interface ProcessorMetrics {
listen: ProcessorMetricsListen
}

export interface ProcessorMetricsListen {
/**
 * Address of this machine; 0.0.0.0 is every one of them
 */
host: string
/**
 * Port; 0 takes a free one
 */
port: number
}

export interface ProcessorCanary {
/**
 * Minutes between two of them; 60 when absent
 */
everyMinutes?: number
/**
 * An answer that is not there by then is a failure; 900 when absent
 */
deadlineSeconds?: number
/**
 * What is looked at; general when absent
 */
strategy?: string
/**
 * Name under which it asks; with trust: required the one for which its key is enrolled
 */
principal?: string
/**
 * Private SSH key that signs its requests; needed with trust: required
 */
keyFile?: string
}

export interface ProcessorRetention {
/**
 * Days that ledger entries and published outbox entries are kept
 */
days: number
/**
 * Most disk space for ledger and outbox
 */
megabytes: number
}

export interface ProcessorPublisher {
/**
 * git is there without being named
 */
kind: ("git" | "s3" | "configmap")
s3?: S3PublisherConfig
configmap?: ConfigMapPublisherConfig
}

export interface S3PublisherConfig {
/**
 * Bucket; it must exist
 */
bucket: string
/**
 * Beginning of every key; empty when absent
 */
prefix?: string
/**
 * Address of the store when it is not that of AWS; https, or http on this machine
 */
endpoint?: string
/**
 * Region that requests are signed for; us-east-1 when absent
 */
region?: string
/**
 * Bucket as part of the path instead of the host name; true with an endpoint, false without one, when absent
 */
pathStyle?: boolean
/**
 * Certificate authority of the store
 */
caFile?: string
/**
 * File that holds the id of the access key; read again for every use
 */
accessKeyIdFile: string
/**
 * File that holds the secret of the access key; read again for every use
 */
secretAccessKeyFile: string
/**
 * Evidence above this size goes to the store instead of Git; 256 when absent
 */
aboveKiB?: number
/**
 * Longest time that the evidence of one result may take before it stays in Git; 20 when absent
 */
timeoutSeconds?: number
}

export interface ConfigMapPublisherConfig {
/**
 * Folder with token, ca.crt and namespace of the service account that may write this one ConfigMap; not the account that reads the cluster
 */
accountDir?: string
/**
 * Kubeconfig of that account, outside of the cluster
 */
kubeconfigFile?: string
/**
 * Namespace of the ConfigMap; that of accountDir when absent
 */
namespace?: string
/**
 * Newest summaries that stay; 50 when absent
 */
keep?: number
}

export interface ReportDraft {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "ReportDraft"
/**
 * The cause in at most two plain sentences, or what is known instead; the first thing that a person reads at night
 */
bottomLine: string
/**
 * root-cause when one cause is shown by quoted evidence, no-problem when everything that matters was looked at and is well, else inconclusive
 */
outcome: ("root-cause" | "no-problem" | "inconclusive")
rootCause?: DraftRootCause
/**
 * What the evidence shows, the one that the root cause rests on first
 * 
 * @maxItems 30
 */
findings: DraftFinding[]
/**
 * What happened when, from the evidence, oldest first
 * 
 * @maxItems 50
 */
timeline: DraftMoment[]
/**
 * What was looked at and is not the cause
 * 
 * @maxItems 30
 */
ruledOut: DraftRuledOut[]
/**
 * What a person should do now, in order
 * 
 * @maxItems 12
 */
recommendations: DraftRecommendation[]
/**
 * What could not be seen and matters
 * 
 * @maxItems 30
 */
unknowns: DraftUnknown[]
/**
 * What users notice, when the evidence tells
 */
impact?: string
/**
 * How sure you are of the whole answer, from 0 (a guess) to 1 (certain)
 */
confidence: number
}

export interface DraftRootCause {
/**
 * What is wrong, in one sentence
 */
cause: string
/**
 * How it leads to what was reported
 */
mechanism: string
/**
 * What started it, when the evidence tells
 */
trigger?: string
/**
 * Observation that would disprove it
 */
disprovedBy: string
/**
 * Ids of findings of the checks that are effects of this cause
 * 
 * @maxItems 50
 * 
 * Items: Finding id of the checks
 */
explains?: string[]
}

export interface DraftFinding {
/**
 * One line, with the measured value
 */
title: string
/**
 * How bad; info is context and no problem
 */
severity: ("info" | "warning" | "error" | "critical")
/**
 * What it is about, such as pod/etcd-0 or /var
 */
object: string
/**
 * What it means and why
 */
explanation: string
/**
 * How sure you are, from 0 (a guess) to 1 (certain)
 */
confidence: number
/**
 * Finding id of the checks, when this is the same finding seen by you
 */
confirms?: string
/**
 * Where it is seen
 * 
 * @minItems 1
 * @maxItems 10
 */
citations: DraftCitation[]
}

export interface DraftCitation {
/**
 * Evidence id
 */
evidence: string
/**
 * Exact words of that evidence, copied character by character, 8 to 400 characters, no ellipsis
 */
quote: string
}

export interface DraftMoment {
/**
 * When, in ISO 8601 with zone
 */
at: string
/**
 * What happened
 */
text: string
/**
 * Evidence id that tells it; a moment without one is not published
 */
evidence?: string
}

export interface DraftRuledOut {
/**
 * What is ruled out, and why
 */
text: string
/**
 * Finding id of the checks, when it is real and still not the cause
 */
finding?: string
/**
 * Ids of the evidence that rules it out
 * 
 * @minItems 1
 * @maxItems 10
 * 
 * Items: Evidence id
 */
evidence: string[]
}

export interface DraftRecommendation {
/**
 * What to do
 */
action: string
/**
 * Command to copy, when there is one; nobody runs it for them
 */
command?: string
/**
 * What can go wrong when it is done; none only for looking
 */
risk: ("none" | "low" | "medium" | "high")
/**
 * Why it helps
 */
why?: string
}

export interface DraftUnknown {
/**
 * What is not known
 */
text: string
/**
 * Why it is not known
 */
why: string
}

export interface Report {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "Report"
/**
 * Request id: UTC minute, slug of at most 30 characters, four random characters of Crockford base32
 */
id: string
/**
 * Title of the request
 */
title: string
cluster: ReportTarget
target: ReportTargetIdentity
/**
 * Description from the request
 */
question: string
requester: ReportRequester
/**
 * Terminal phase
 */
phase: ("succeeded" | "failed" | "timed-out" | "cancelled" | "rejected" | "expired")
/**
 * What the investigation found
 */
outcome: ("root-cause" | "no-problem" | "inconclusive")
/**
 * Quality of the answer
 */
quality: ("complete" | "degraded")
/**
 * What makes it degraded
 * 
 * @maxItems 50
 * 
 * Items: One reason
 */
qualityReasons: string[]
/**
 * How sure the author is, from 0 (a guess) to 1 (certain)
 */
confidence: number
/**
 * The cause in at most two sentences, or what is known instead
 */
bottomLine: string
strategy: ReportStrategy
engine: ReportEngine
/**
 * What to do, in order
 * 
 * @maxItems 20
 */
recommendations: Recommendation[]
/**
 * What users notice
 */
impact?: string
rootCause?: RootCause
/**
 * What the evidence shows, most important first
 * 
 * @maxItems 200
 */
findings: ReportFinding[]
/**
 * Candidates for the cause, best first
 * 
 * @maxItems 10
 */
hypotheses: Hypothesis[]
/**
 * What changed before the report, newest first; what has no time stands last
 * 
 * @maxItems 100
 */
changes?: ReportChange[]
dependencies?: DependencyMap
/**
 * What was recorded
 * 
 * @maxItems 2000
 */
evidence: ReportEvidence[]
/**
 * Each step of the playbook and whether it is known
 * 
 * @maxItems 1000
 */
coverage: CoverageStep[]
/**
 * What happened when
 * 
 * @maxItems 200
 */
timeline: TimelineEntry[]
/**
 * What was looked at and is not the cause
 * 
 * @maxItems 100
 */
ruledOut: RuledOut[]
/**
 * What is not known, and why
 * 
 * @maxItems 200
 */
unknowns: Unknown[]
/**
 * Steps that nothing called for, and what would have called for them
 * 
 * @maxItems 200
 */
notCalled?: Unknown1[]
/**
 * Earlier requests that look alike
 * 
 * @maxItems 10
 */
similar?: SimilarRequest[]
/**
 * Request that this one follows
 */
followUp?: string
/**
 * Every command that ran or was denied
 * 
 * @maxItems 2000
 */
commands: ReportCommand[]
redactions: RedactionCounts
run: ReportRun
/**
 * Digest of the request bytes
 */
requestSha256: string
}

export interface ReportTarget {
/**
 * hub carries hosted control planes, hosted is a cluster whose control plane runs on a hub, host is a Linux machine
 */
type: ("hub" | "hosted" | "host")
/**
 * Name of the cluster as registered in clusters/<name>.yaml
 */
name: string
}

export interface ReportTargetIdentity {
/**
 * Kind of target
 */
kind: string
/**
 * Infrastructure id, cluster id or machine id
 */
identity: string
/**
 * Host or context name
 */
name: string
}

export interface ReportRequester {
/**
 * Principal
 */
name: string
/**
 * Whether a signature proved it
 */
verified: boolean
/**
 * SHA-256 of the key that signed the request; only when verified
 */
key?: string
}

export interface ReportStrategy {
/**
 * Strategy
 */
name: string
/**
 * Who chose it
 */
chosenBy: ("request" | "auto")
/**
 * Why auto chose it
 */
why?: string
}

export interface ReportEngine {
/**
 * Engine
 */
name: ("diagnostics" | "claude")
/**
 * Why this engine ran
 */
why?: string
}

export interface Recommendation {
/**
 * What to do
 */
action: string
/**
 * Command to copy
 */
command?: string
/**
 * What can go wrong when it is done
 */
risk: ("none" | "low" | "medium" | "high")
/**
 * Why it helps
 */
why?: string
}

export interface RootCause {
/**
 * What is wrong
 */
cause: string
/**
 * How it leads to the symptom
 */
mechanism: string
/**
 * What started it
 */
trigger?: string
/**
 * Observation that would disprove it
 */
disprovedBy: string
}

export interface ReportFinding {
/**
 * Finding id
 */
id: string
/**
 * Stable code of the rule
 */
code: string
/**
 * How bad
 */
severity: ("info" | "warning" | "error" | "critical")
/**
 * What it is about
 */
object: string
/**
 * One line
 */
title: string
/**
 * What is expected instead, in a few words
 */
expected?: string
/**
 * What it means
 */
explanation: string
/**
 * How sure the author is, from 0 (a guess) to 1 (certain)
 */
confidence: number
/**
 * Where it is seen
 * 
 * @maxItems 20
 */
citations: Citation[]
/**
 * Strategy that looks closer
 */
pointsTo?: string
/**
 * When it began
 */
since?: string
}

export interface Citation {
/**
 * Evidence id
 */
evidence: string
/**
 * Exact words of the evidence
 */
quote: string
/**
 * Whether code found the quote in the recorded text
 */
verified: boolean
}

export interface Hypothesis {
/**
 * 1 is best
 */
rank: number
/**
 * What would explain the findings
 */
statement: string
/**
 * Finding it rests on
 */
finding: string
/**
 * Other findings of the same code about the same object, on which it rests too
 * 
 * @maxItems 200
 * 
 * Items: Finding id
 */
same?: string[]
/**
 * How sure the author is, from 0 (a guess) to 1 (certain)
 */
confidence: number
/**
 * Findings that it explains
 * 
 * @maxItems 200
 * 
 * Items: Finding id
 */
explains: string[]
/**
 * What would disprove it
 */
disprovedBy?: string
/**
 * What its confidence is made of
 * 
 * @maxItems 12
 */
reasons?: HypothesisReason[]
}

export interface HypothesisReason {
/**
 * Part of the score
 */
part: ("rule" | "focus" | "dependency" | "fan-out" | "relation" | "recency" | "change" | "coverage")
/**
 * What it adds to the confidence
 */
points: number
/**
 * Why, in words
 */
why: string
}

export interface ReportChange {
/**
 * When; absent when only the difference is known
 */
at?: string
/**
 * What kind of change
 */
kind: ("rollout" | "version" | "node" | "restart" | "reboot" | "created" | "deleted" | "package" | "configuration" | "drift" | "gitops")
/**
 * What changed
 */
object: string
/**
 * How, in one line
 */
text: string
/**
 * Findings about what changed, or about what depends on it
 * 
 * @maxItems 50
 * 
 * Items: Finding id
 */
findings: string[]
citation: Citation1
}

export interface Citation1 {
/**
 * Evidence id
 */
evidence: string
/**
 * Exact words of the evidence
 */
quote: string
/**
 * Whether code found the quote in the recorded text
 */
verified: boolean
}

export interface DependencyMap {
/**
 * Objects
 * 
 * @maxItems 60
 */
nodes: DependencyNode[]
/**
 * Dependencies
 * 
 * @maxItems 240
 */
edges: DependencyEdge[]
/**
 * Objects beside the findings that are left out
 */
more: number
}

export interface DependencyNode {
/**
 * Number of the object in this map
 */
id: string
/**
 * What it is, in lower case
 */
kind: string
/**
 * Namespace; absent for what has none
 */
namespace?: string
/**
 * Name
 */
name: string
/**
 * Where it was seen: the target of the request, or another place of it
 */
side: string
/**
 * Findings about it
 * 
 * @maxItems 200
 * 
 * Items: Finding id
 */
findings: string[]
}

export interface DependencyEdge {
/**
 * What depends
 */
from: string
/**
 * What it depends on
 */
to: string
/**
 * How
 */
why: string
/**
 * How sure: 0.95 declared, 0.8 observed, 0.6 a name that fits
 */
confidence: number
/**
 * Evidence id
 */
evidence?: string
}

export interface ReportEvidence {
/**
 * Evidence id
 */
id: string
/**
 * Playbook step, or agent for a command of the investigator
 */
step: string
/**
 * What it looks at
 */
title: string
/**
 * Who ran it
 */
source: ("playbook" | "agent")
/**
 * Command and arguments, redacted
 * 
 * @maxItems 200
 */
argv: string[]
/**
 * How it ended
 */
status: ("ok" | "nonzero-ok" | "failed" | "timeout" | "denied" | "missing-tool" | "unreachable" | "skipped")
/**
 * Exit code; absent when the command did not end by itself
 */
exit?: number
/**
 * When it started
 */
startedAt: string
/**
 * Duration in milliseconds
 */
ms: number
/**
 * Size of the recorded text
 */
bytes: number
/**
 * Whether output was cut
 */
truncated: boolean
/**
 * Path inside the result folder
 */
file: string
/**
 * Digest of the recorded file
 */
sha256: string
}

export interface CoverageStep {
/**
 * Step id
 */
step: string
/**
 * What it looks at
 */
title: string
/**
 * Whether the answer depends on it
 */
required: boolean
/**
 * How it ended
 */
status: ("ok" | "nonzero-ok" | "failed" | "timeout" | "denied" | "missing-tool" | "unreachable" | "skipped")
/**
 * Whether its result could be judged
 */
known: boolean
/**
 * Evidence id
 */
evidence?: string
/**
 * Why it is unknown
 */
reason?: string
}

export interface TimelineEntry {
/**
 * When
 */
at: string
/**
 * What
 */
text: string
/**
 * Evidence id
 */
evidence?: string
}

export interface RuledOut {
/**
 * What is ruled out
 */
text: string
/**
 * Evidence ids
 * 
 * @maxItems 20
 * 
 * Items: Evidence id
 */
evidence: string[]
}

export interface Unknown {
/**
 * What is not known
 */
text: string
/**
 * Why
 */
why: string
}

export interface Unknown1 {
/**
 * What is not known
 */
text: string
/**
 * Why
 */
why: string
}

export interface SimilarRequest {
/**
 * Request id: UTC minute, slug of at most 30 characters, four random characters of Crockford base32
 */
id: string
/**
 * What is alike
 */
why: string
}

export interface ReportCommand {
/**
 * When
 */
at: string
/**
 * Command, redacted
 * 
 * @maxItems 200
 */
argv: string[]
/**
 * Who wanted it
 */
source: ("playbook" | "agent")
/**
 * Decision of the command policy
 */
decision: ("allowed" | "denied")
/**
 * Why
 */
reason?: string
/**
 * How it ended
 */
status: ("ok" | "nonzero-ok" | "failed" | "timeout" | "denied" | "missing-tool" | "unreachable" | "skipped")
/**
 * Exit code
 */
exit?: number
/**
 * Duration in milliseconds
 */
ms: number
/**
 * Evidence id
 */
evidence?: string
}

export interface RedactionCounts {
/**
 * Number of removed spans
 */
total: number
/**
 * Removed spans by rule
 */
byRule: {
[k: string]: number
}
}

export interface ReportRun {
/**
 * When the attempt started
 */
startedAt: string
/**
 * When it ended
 */
finishedAt: string
/**
 * Duration in seconds
 */
seconds: number
/**
 * Attempt number
 */
attempt: number
/**
 * Attempts at execution, oldest first
 * 
 * @maxItems 10
 */
attempts: ReportAttempt[]
/**
 * Stable name of the processor instance
 */
holder: string
/**
 * Version of claude-warroom
 */
version: string
playbook?: ReportPlaybook
/**
 * Model that judged
 */
model?: string
cost?: ReportCost
}

export interface ReportAttempt {
/**
 * Attempt number, from 1
 */
number: number
/**
 * Stable name of the processor instance
 */
holder: string
/**
 * Random value of one start of the processor; changes at every restart
 */
incarnation: string
/**
 * When the attempt began
 */
startedAt: string
/**
 * When the attempt ended, by the clock of whoever noticed
 */
endedAt?: string
/**
 * How the attempt ended; interrupted means the processor died or lost its lease
 */
result: ("running" | "interrupted" | "succeeded" | "failed" | "timed-out" | "cancelled" | "rejected" | "expired")
}

export interface ReportPlaybook {
/**
 * Playbook id
 */
id: string
/**
 * Playbook version
 */
version: number
/**
 * Digest of the playbook file
 */
sha256: string
}

export interface ReportCost {
/**
 * Spend in US dollars
 */
usd: number
/**
 * Model turns
 */
turns: number
/**
 * Input tokens, cache reads included
 */
inputTokens?: number
/**
 * Output tokens
 */
outputTokens?: number
}

export interface TroubleshootingRequest {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "TroubleshootingRequest"
metadata: RequestMetadata
spec: RequestSpec
}

export interface RequestMetadata {
/**
 * Request id: UTC minute, slug of at most 30 characters, four random characters of Crockford base32
 */
name: string
/**
 * One line that people recognise
 */
title: string
/**
 * When the request was written; its UTC minute is the beginning of the id
 */
timestamp: string
/**
 * Principal who asks; in an open war room the e-mail address that git knows, unverified
 */
engineer: string
/**
 * Free labels for filters and statistics
 */
labels?: {
[k: string]: string
}
}

export interface RequestSpec {
targetCluster?: RequestTarget
/**
 * Several clusters; each answers in a part of its own
 * 
 * @minItems 2
 * @maxItems 50
 */
targetClusters?: RequestTarget1[]
coordination?: RequestCoordination
issue: RequestIssue
investigation: RequestInvestigation
/**
 * Text files sent along, already redacted
 * 
 * @maxItems 8
 */
attachments?: RequestAttachment[]
output: RequestOutput
/**
 * Earlier request that this one asks about
 */
followUp?: string
origin: RequestOrigin
/**
 * Fixes that an approval may cover; reserved
 * 
 * @maxItems 20
 * 
 * Items: Action id
 */
authorizedActions?: string[]
/**
 * After this moment nobody may claim the request; 24 h by default, 7 days at most
 */
expiresAt: string
/**
 * 128 random bits; a second request with the same value is refused
 */
nonce: string
/**
 * War room that the request is meant for, without credentials
 */
repository: string
}

export interface RequestTarget {
/**
 * hub carries hosted control planes, hosted is a cluster whose control plane runs on a hub, host is a Linux machine
 */
type: ("hub" | "hosted" | "host")
/**
 * Name of the cluster as registered in clusters/<name>.yaml
 */
name: string
/**
 * What the target must say that it is: infrastructure id, cluster id or machine id; another one is refused
 */
identity?: string
}

export interface RequestTarget1 {
/**
 * hub carries hosted control planes, hosted is a cluster whose control plane runs on a hub, host is a Linux machine
 */
type: ("hub" | "hosted" | "host")
/**
 * Name of the cluster as registered in clusters/<name>.yaml
 */
name: string
/**
 * What the target must say that it is: infrastructure id, cluster id or machine id; another one is refused
 */
identity?: string
}

export interface RequestCoordination {
/**
 * sequential asks one after the other, parallel all at once
 */
mode: ("sequential" | "parallel")
/**
 * What ends the search for the clusters that have not begun; never when absent
 */
stopOn?: ("root-cause" | "failure" | "never")
}

export interface RequestIssue {
/**
 * Area of the problem in kebab-case
 */
category?: string
/**
 * What is seen, in the words of the person on call
 */
description: string
/**
 * Objects that show the problem, kind/name or a unit name
 * 
 * @maxItems 50
 * 
 * Items: kind/name, or a unit, host or address
 */
affectedResources?: string[]
}

export interface RequestInvestigation {
/**
 * Strategy that a processor advertises, or auto
 */
strategy: string
/**
 * Namespace to look at first
 */
namespace?: string
/**
 * Anything else for the investigator
 */
prompt?: string
/**
 * Families of read-only commands the investigator may use; all that the policy allows when absent
 * 
 * @maxItems 12
 */
allowedTools?: ("read" | "grep" | "kubectl" | "oc" | "systemctl" | "journalctl" | "docker" | "podman" | "crictl" | "host" | "network" | "database")[]
/**
 * Seconds for the whole investigation; the policy in the secure zone may allow less
 */
timeout: number
/**
 * read looks only, propose may suggest a change, apply may run an approved one
 */
mode: ("read" | "propose" | "apply")
/**
 * diagnostics uses no model, claude requires one, auto takes what the processor has
 */
engine: ("auto" | "diagnostics" | "claude")
budget?: RequestBudget
}

export interface RequestBudget {
/**
 * US dollars
 */
usd?: number
/**
 * Model turns
 */
turns?: number
}

export interface RequestAttachment {
/**
 * File name
 */
name: string
/**
 * Text, at most 32 KiB
 */
content: string
/**
 * Digest of the content as UTF-8
 */
sha256: string
}

export interface RequestOutput {
/**
 * Format of the report
 */
format: ("markdown" | "json")
/**
 * Result folder; derived from the id, so it is only accepted when it equals results/yyyy/mm/dd/<id>
 */
destination?: string
}

export interface RequestOrigin {
/**
 * person, alert or follow-up
 */
kind: ("person" | "alert" | "follow-up")
/**
 * Incident or request that it comes from
 */
ref?: string
}

export interface Resume {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "Resume"
metadata: ResumeMetadata
spec: ResumeSpec
}

export interface ResumeMetadata {
/**
 * When it was written
 */
timestamp: string
/**
 * Principal who signs it
 */
engineer: string
}

export interface ResumeSpec {
/**
 * Digest of the bytes of PAUSE
 */
pauseSha256: string
/**
 * Why work may go on
 */
reason: string
/**
 * War room that it is meant for
 */
repository: string
/**
 * 128 random bits; each lifts one pause once
 */
nonce: string
/**
 * After this it lifts nothing; at most 24 hours after timestamp
 */
expiresAt: string
}

export interface SessionOrder {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "SessionOrder"
metadata: SessionOrderMetadata
spec: SessionOrderSpec
}

export interface SessionOrderMetadata {
/**
 * Session id: UTC minute, slug of at most 30 characters, four random characters of Crockford base32
 */
name: string
/**
 * When it was written
 */
timestamp: string
/**
 * Principal who asks
 */
engineer: string
}

export interface SessionOrderSpec {
/**
 * What is to happen
 */
action: ("extend" | "stop")
/**
 * When the session shall end; only to extend
 */
until?: string
/**
 * Why; published
 */
reason?: string
/**
 * 128 random bits
 */
nonce: string
}

export interface SessionRequest {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "SessionRequest"
metadata: SessionRequestMetadata
spec: SessionRequestSpec
}

export interface SessionRequestMetadata {
/**
 * Session id: UTC minute, slug of at most 30 characters, four random characters of Crockford base32
 */
name: string
/**
 * When it was written
 */
timestamp: string
/**
 * Principal who asks
 */
engineer: string
}

export interface SessionRequestSpec {
targetCluster: SessionTarget
/**
 * How long it lives, in seconds
 */
seconds: number
/**
 * Namespace of the cluster that it is about; for the policy, and for people
 */
namespace?: string
/**
 * What it is for; published
 */
purpose?: string
/**
 * 128 random bits
 */
nonce: string
/**
 * War room that the request is meant for, without credentials
 */
repository: string
}

export interface SessionTarget {
/**
 * What it is
 */
type: ("hub" | "hosted")
/**
 * Name of the cluster as registered in clusters/<name>.yaml
 */
name: string
}

export interface SessionState {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "SessionState"
/**
 * Session id
 */
id: string
/**
 * Cluster of the processor that runs it
 */
cluster: string
/**
 * starting: the pod is being made; running: connect to it; ended; refused: there never was a pod
 */
phase: ("starting" | "running" | "ended" | "refused")
/**
 * Who asked
 */
requester: string
/**
 * What it is for
 */
purpose?: string
/**
 * Digest of the request bytes
 */
requestSha256: string
pod?: SessionPodName
times: SessionTimes
reason?: SessionReason
model?: SessionModelUse
/**
 * What came of orders
 * 
 * @maxItems 20
 * 
 * Items: A sentence
 */
notes?: string[]
}

export interface SessionPodName {
/**
 * Namespace of the pod
 */
namespace: string
/**
 * Name of the pod
 */
name: string
}

export interface SessionTimes {
/**
 * When the processor accepted or refused it
 */
createdAt: string
/**
 * When it ends unless it is extended
 */
expiresAt?: string
/**
 * When it had ended
 */
endedAt?: string
}

export interface SessionReason {
/**
 * Stable reason code
 */
code: string
/**
 * What happened and why
 */
message: string
/**
 * What to do about it
 */
hint?: string
}

export interface SessionModelUse {
/**
 * US dollars
 */
usd: number
/**
 * US dollars that it was allowed
 */
maxUsd: number
}

export interface Status {
/**
 * Version of the contract
 */
apiVersion: "warroom.intility.io/v1"
/**
 * Kind of this document
 */
kind: "Status"
/**
 * Request id: UTC minute, slug of at most 30 characters, four random characters of Crockford base32
 */
id: string
/**
 * Cluster that answers
 */
cluster: string
/**
 * Title of the request
 */
title?: string
/**
 * Principal who asked
 */
requester?: string
/**
 * Phase of the request
 */
phase: ("claimed" | "collecting" | "investigating" | "publishing" | "succeeded" | "failed" | "timed-out" | "cancelled" | "rejected" | "expired")
reason?: StatusReason
/**
 * What the investigation found
 */
outcome?: ("root-cause" | "no-problem" | "inconclusive")
/**
 * complete: nothing required is unknown and nothing was denied
 */
quality?: ("complete" | "degraded")
/**
 * What makes the quality degraded
 * 
 * @maxItems 50
 * 
 * Items: One reason
 */
qualityReasons?: string[]
/**
 * The answer in one or two sentences, redacted
 */
bottomLine?: string
/**
 * How sure the author is, from 0 (a guess) to 1 (certain)
 */
confidence?: number
/**
 * Strategy that ran
 */
strategy?: string
/**
 * Engine that ran
 */
engine?: ("diagnostics" | "claude")
/**
 * Number of findings
 */
findings?: number
/**
 * Number of the last attempt; 0 when none began
 */
attempt: number
/**
 * Attempts at execution, oldest first
 * 
 * @maxItems 10
 */
attempts: StatusAttempt[]
processor: StatusProcessor
times: StatusTimes
cost?: StatusCost
/**
 * Digest of the request bytes
 */
requestSha256: string
}

export interface StatusReason {
/**
 * Stable reason code
 */
code: string
/**
 * What happened and why
 */
message: string
/**
 * What to do about it
 */
hint?: string
}

export interface StatusAttempt {
/**
 * Attempt number, from 1
 */
number: number
/**
 * Stable name of the processor instance
 */
holder: string
/**
 * Random value of one start of the processor; changes at every restart
 */
incarnation: string
/**
 * When the attempt began
 */
startedAt: string
/**
 * When the attempt ended, by the clock of whoever noticed
 */
endedAt?: string
/**
 * How the attempt ended; interrupted means the processor died or lost its lease
 */
result: ("running" | "interrupted" | "succeeded" | "failed" | "timed-out" | "cancelled" | "rejected" | "expired")
}

export interface StatusProcessor {
/**
 * Stable name of the processor instance
 */
holder: string
/**
 * Random value of one start of the processor; changes at every restart
 */
incarnation: string
/**
 * Version of claude-warroom
 */
version: string
}

export interface StatusTimes {
/**
 * Timestamp of the request
 */
createdAt: string
/**
 * When the last attempt claimed it
 */
claimedAt?: string
/**
 * When it ended
 */
finishedAt?: string
}

export interface StatusCost {
/**
 * Spend in US dollars
 */
usd: number
/**
 * Model turns
 */
turns: number
/**
 * Input tokens, cache reads included
 */
inputTokens?: number
/**
 * Output tokens
 */
outputTokens?: number
}
