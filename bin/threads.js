import { availableParallelism } from 'node:os'

/**
 * libuv's own four threads leave cores of a larger machine idle, and crowd those of a smaller one. With one more than there are cores,
 * signatures find a thread while every core hashes a password. As UV_THREADPOOL_SIZE has it, which the pool reads when it is first used.
 */
export const poolThreads = String(availableParallelism() + 1)
