/**
 * Loaded with `--import` before a program that is not ours, and so does not watch who started it: it gets a SIGTERM when
 * its standard input closes.
 */
const end = (): void => void process.kill(process.pid, 'SIGTERM');
process.stdin.once('end', end).once('error', end).resume();
// A program that is done need not wait for that.
if ('unref' in process.stdin) process.stdin.unref();
