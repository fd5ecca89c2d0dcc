/**
 * Loaded with `--import` before a program that is not ours, and so does not watch who started it: it gets a SIGTERM when
 * its standard input closes.
 */
import { onParentDeath } from '@outsider/runtime/on-parent-death';

onParentDeath(() => process.kill(process.pid, 'SIGTERM'));
// A program that is done need not wait for that.
if ('unref' in process.stdin) process.stdin.unref();
