import { readFileSync } from 'node:fs';

/** A process, told from later ones that are given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own count; empty where the system does not say. */
  readonly startedAt: string;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedAt: startOf(pid) };
}

/** Whether this very process still lives. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return processExists(pid) && (startedAt === '' || startedAt === startOf(pid));
}

/** Whether any process has this number; one of another user counts too. */
export function processExists(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** The name of a process' program; empty where the system does not say. */
export function programOf(pid: number): string {
  return readProc(pid, 'comm').trim();
}

/** Field 22 of /proc/PID/stat; the second field is in parentheses and may hold anything. */
function startOf(pid: number): string {
  return statFields(pid)[19] ?? '';
}

/** Dead, but its parent has not asked: in containers often for good. */
function isZombie(pid: number): boolean {
  return statFields(pid)[0] === 'Z';
}

function statFields(pid: number): string[] {
  const stat = readProc(pid, 'stat');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
