/**
 * What programs document as the place of a password or a key that no name announces: flags that mean a password only for
 * this program, arguments of constructors, statements, lines of files.
 */
interface Phrase {
  /** Where the expression begins; lower case, separated by blanks, at least three characters each. */
  readonly keywords: string;
  /** Without regard to case; what it captures is secret and ends the match. */
  readonly pattern: string;
  /** Other texts hold the same words: the value must mix letters and digits. */
  readonly isLoose?: boolean;
  readonly sample: string;
  readonly lookAlike: string;
}

/** A shell argument, also inside a JSON string. */
const ARG = `\\\\?["']?([^\\s"'|;&<>\\\\]{3,256})`;
/** A string literal. */
const TEXT = `\\\\?["']([^"'\\n\\\\]{3,256})`;
/** Further arguments of the same command. */
const MORE = `[^\\n|;&]{0,160}?`;
/** A literal or a name, and the comma after it. */
const FIRST = `[\\w.@\\\\/:"' ]{1,80},\\s{0,16}[bru]?`;

export const PHRASES: readonly Phrase[] = [
  {
    keywords: 'psexec paexec',
    pattern: `(?:psexec|paexec)(?:64)?(?:\\.exe)?\\s${MORE}\\s-p\\s{1,4}${ARG}`,
    sample: 'PsExec.exe \\\\10.0.0.7 -u admin -p <secret> cmd',
    lookAlike: 'psexec \\\\10.0.0.7 -p %PASSWORD% cmd',
  },
  {
    keywords: 'mysql mariadb',
    pattern: `(?:mysql|mariadb)(?:dump|admin|import|show|-dump|-admin)?\\s(?:${MORE}\\s)?-p${ARG}`,
    sample: 'mysqldump -h db -u app -p<secret> shop',
    lookAlike: 'mysql -h db -u app -p shop',
  },
  {
    keywords: 'sshpass',
    pattern: `sshpass\\s{1,4}-p\\s{0,4}${ARG}`,
    sample: 'sshpass -p <secret> ssh core@10.0.0.7',
    lookAlike: 'sshpass -p $SSH_PASS ssh core@10.0.0.7',
  },
  {
    keywords: 'login',
    pattern: `login\\s${MORE}(?<=\\s)-p\\s{1,4}${ARG}`,
    sample: 'oc login https://api.example.com:6443 -u kubeadmin -p <secret>',
    lookAlike: 'docker login -u robot --password-stdin quay.io',
  },
  {
    keywords: 'redis-cli redis-benchmark',
    pattern: `redis-(?:cli|benchmark)\\s(?:${MORE}\\s)?-a\\s{1,4}${ARG}`,
    sample: 'redis-cli -h cache -a <secret> ping',
    lookAlike: 'redis-cli -h cache -p 6379 ping',
  },
  {
    keywords: 'ldapsearch ldapadd ldapmodify ldapdelete ldapcompare ldapwhoami ldappasswd',
    pattern: `ldap[a-z]{3,8}\\s(?:${MORE}\\s)?-w\\s{1,4}${ARG}`,
    sample: 'ldapsearch -x -D cn=admin -w <secret> -b dc=example',
    lookAlike: 'ldapsearch -x -D cn=admin -W -b dc=example',
  },
  {
    keywords: 'sqlcmd bcp osql isql tsql',
    pattern: `(?:sqlcmd|bcp|osql|isql|tsql)\\s(?:${MORE}\\s)?-P\\s{0,4}${ARG}`,
    isLoose: true,
    sample: 'sqlcmd -S db -U sa -P <secret>',
    lookAlike: 'sqlcmd -S db -U sa -E',
  },
  {
    keywords: 'mongo mongosh mongodump mongorestore mongoexport mongoimport',
    pattern: `mongo(?:sh|dump|restore|export|import)?\\s(?:${MORE}\\s)?-p\\s{1,4}${ARG}`,
    isLoose: true,
    sample: 'mongodump -u app -p <secret>',
    lookAlike: 'mongodump -u app -p',
  },
  {
    keywords: 'ipmitool',
    pattern: `ipmitool\\s(?:${MORE}\\s)?-P\\s{1,4}${ARG}`,
    sample: 'ipmitool -I lanplus -H 10.0.0.7 -U root -P <secret> power status',
    lookAlike: 'ipmitool -I lanplus -H 10.0.0.7 -E power status',
  },
  {
    keywords: 'snmpwalk snmpget snmpset snmpbulkwalk',
    pattern: `snmp[a-z]{3,8}\\s(?:${MORE}\\s)?-[AXc]\\s{1,4}${ARG}`,
    sample: 'snmpwalk -v2c -c <secret> 10.0.0.7',
    lookAlike: 'snmpwalk -v2c 10.0.0.7 system',
  },
  {
    keywords: 'plink pscp putty psftp',
    pattern: `(?:plink|pscp|putty|psftp)(?:\\.exe)?\\s(?:${MORE}\\s)?-pw\\s{1,4}${ARG}`,
    sample: 'plink.exe -ssh -pw <secret> core@10.0.0.7',
    lookAlike: 'plink.exe -ssh -i key.ppk core@10.0.0.7',
  },
  {
    keywords: '-pass',
    pattern: `-pass(?:in|out)?\\s{1,4}\\\\?["']?pass:${ARG}`,
    sample: 'openssl rsa -in a.pem -passin pass:<secret> -out b.pem',
    lookAlike: 'openssl rsa -in a.pem -passin file:/tmp/x -out b.pem',
  },
  {
    keywords: 'operator vault',
    pattern: `(?:operator\\s{1,4}unseal|vault\\s{1,4}login)\\s{1,4}${ARG}`,
    isLoose: true,
    sample: 'vault operator unseal <secret>',
    lookAlike: 'vault operator unseal -status',
  },
  {
    keywords: '/pass: /password: /p:',
    pattern: `/(?:pass|password|p):${ARG}`,
    isLoose: true,
    sample: 'cmdkey /add:server /user:bob /pass:<secret>',
    lookAlike: 'xfreerdp /p:$PASSWORD /v:server',
  },
  {
    keywords: '/user:',
    pattern: `/user:[\\w.@\\\\-]{1,64}\\s{1,4}(?![/-])${ARG}`,
    isLoose: true,
    sample: 'net use Z: \\\\server\\share /user:corp\\bob <secret>',
    lookAlike: 'net use Z: \\\\server\\share /user:corp\\bob *',
  },
  {
    keywords: 'smbclient rpcclient winexe',
    pattern: `(?:smbclient|rpcclient|winexe)\\s(?:${MORE}\\s)?-U\\s{0,4}["']?[\\w.\\\\/-]{1,64}%${ARG}`,
    sample: 'smbclient //server/share -U bob%<secret>',
    lookAlike: 'smbclient //server/share -U bob -N',
  },
  {
    keywords: 'rabbitmqctl',
    pattern: `rabbitmqctl\\s{1,4}(?:add_user|change_password|authenticate_user)\\s{1,4}\\S{1,64}\\s{1,4}${ARG}`,
    sample: 'rabbitmqctl add_user app <secret>',
    lookAlike: 'rabbitmqctl delete_user app now',
  },
  {
    keywords: 'htpasswd',
    pattern: `htpasswd\\s{1,4}-[a-zA-Z]{0,6}b[a-zA-Z]{0,6}\\s{1,4}(?:\\S{1,128}\\s{1,4})?\\S{1,64}\\s{1,4}${ARG}`,
    sample: 'htpasswd -cBb users.htpasswd alice <secret>',
    lookAlike: 'htpasswd -c users.htpasswd alice',
  },
  {
    keywords: '--from-literal',
    pattern: `--from-literal(?:=|\\s{1,4})["']?[\\w.-]{1,128}=${ARG}`,
    sample: 'oc create secret generic db --from-literal=phrase=<secret>',
    lookAlike: 'oc create secret generic db --from-file=phrase=/etc/phrase',
  },
  {
    keywords: 'convertto-securestring',
    pattern: `ConvertTo-SecureString\\s{1,4}(?:-(?:String|AsPlainText|Force)\\s{1,4}){0,3}${ARG}`,
    sample: '$p = ConvertTo-SecureString -AsPlainText "<secret>" -Force',
    lookAlike: '$p = ConvertTo-SecureString $plain -AsPlainText -Force',
  },
  {
    keywords:
      'networkcredential( passwordauthentication( usernamepasswordcredentials( basicauth( basic_auth( credential(',
    pattern: `(?:NetworkCredential|PasswordAuthentication|UsernamePasswordCredentials|BasicAuth|basic_auth|credential)\\(\\s{0,16}[bru]?${FIRST}${TEXT}`,
    sample: 'new NetworkCredential("bob", "<secret>");',
    lookAlike: 'req.SetBasicAuth(user, password)',
  },
  {
    keywords: '.login( getconnection( directoryentry(',
    pattern: `(?:\\.login|getConnection|DirectoryEntry)\\(\\s{0,16}(?:[^,()\\n]{1,120},\\s{0,16})?${FIRST}${TEXT}`,
    sample: 'DriverManager.getConnection(url, "app", "<secret>")',
    lookAlike: 'smtp.login(user, password)',
  },
  {
    keywords: 'auth=(',
    pattern: `auth=\\(\\s{0,4}${FIRST}${TEXT}`,
    sample: "requests.get(url, auth=('bob', '<secret>'))",
    lookAlike: 'requests.get(url, auth=(user, password))',
  },
  {
    keywords: 'identified',
    pattern: `identified\\s{1,8}(?:with\\s{1,8}\\S{1,64}\\s{1,8})?(?:by|as)\\s{1,8}(?:password\\s{1,8})?${TEXT}`,
    sample: "CREATE USER app IDENTIFIED BY '<secret>';",
    lookAlike: 'the pod is identified by its name',
  },
  {
    keywords: 'password(',
    pattern: `password\\(\\s{0,4}${TEXT}`,
    sample: "SET PASSWORD FOR app = PASSWORD('<secret>')",
    lookAlike: 'getpassword(x) is null',
  },
  {
    keywords: 'requirepass masterauth',
    pattern: `(?:requirepass|masterauth)\\s{1,4}${ARG}`,
    sample: 'requirepass <secret>',
    lookAlike: 'requirepass ""',
  },
  {
    keywords: 'thin:',
    pattern: `thin:[\\w.-]{1,64}/([^\\s@"'/]{1,128})(?=@)`,
    sample: 'jdbc:oracle:thin:app/<secret>@db:1521:orcl',
    lookAlike: 'jdbc:oracle:thin:@db:1521:orcl',
  },
  {
    // host:port:database:user:password, as libpq reads it
    keywords: ':5432: :6432: :*:',
    pattern: `:(?:5432|6432|\\*):[^:\\s]{1,64}:[^:\\s]{1,64}:([^\\s:]{3,128})`,
    sample: 'db.example.com:5432:shop:app:<secret>',
    lookAlike: 'dial db.example.com:5432: connection refused',
  },
  {
    keywords: 'echo printf',
    pattern: `(?:echo|printf)\\s{1,4}["']?(?:[\\w.-]{1,64}:)?([^\\s"':|]{4,128})(?=["']?\\s{0,4}\\|\\s{0,4}(?:sudo\\s)?(?:chpasswd|passwd\\s{1,4}--stdin))`,
    sample: 'echo core:<secret> | chpasswd',
    lookAlike: 'chpasswd < /root/users',
  },
];
