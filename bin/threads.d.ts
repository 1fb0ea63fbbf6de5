export const poolThreads: string
