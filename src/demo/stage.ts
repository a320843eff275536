/** The two systems that the demo plays on: real servers where they can be had, living fakes else. */
export interface Stage {
  readonly vault: {
    /** `real OpenBao 2.6.1`, `living fake of OpenBao` */
    readonly what: string;
    readonly address: string;
    readonly adminToken: string;
    /** What its audit device `main` writes to, on this machine. */
    readonly auditFile: string;
    /** What its database engine logs in with: a URL with `{{username}}` and `{{password}}`. */
    readonly connectionUrl: string;
  };
  readonly postgres: {
    readonly what: string;
    readonly host: string;
    readonly port: number;
    /** Statements of the administrator, one by one. */
    run(statements: readonly string[]): Promise<void>;
    /** Somebody's session that stays open until the server or `end` ends it. */
    login(user: string, password: string): Promise<{ readonly pid: number; end(): Promise<void> }>;
    /** The administrator ends that backend. */
    terminate(pid: number): Promise<void>;
    /** The OID of a role. */
    oid(role: string): Promise<number>;
  };
  stop(): Promise<void>;
}
