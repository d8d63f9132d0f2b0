/**
 * Starts a program that doesn't know the playground, and ends it when this one has to end: together with
 * exitWithParent.cjs, the program doesn't outlive the one that needed it. Its folder is deleted with it.
 *
 * Takes one argument, {@link LocalDaemon} as JSON.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

export interface LocalDaemon {
	program: string;
	args: string[];
	/** The program's working folder, deleted when it has ended. */
	folder: string;
	/** The user that it runs as, if another one. */
	user?: { uid: number; gid: number };
}

const { program, args, folder, user } = JSON.parse(process.argv[2] ?? '') as LocalDaemon;

const child = spawn(program, args, {
	cwd: folder,
	stdio: ['ignore', 'inherit', 'inherit'],
	...user,
});
child.once('error', (error) => {
	console.error(error.message);
	process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));

// PostgreSQL waits for its clients after SIGTERM; after SIGINT it does not, and Redis does the same for both.
process.once('SIGTERM', () => child.kill('SIGINT'));
process.once('exit', () => {
	child.kill('SIGKILL');
	rmSync(folder, { recursive: true, force: true });
});
