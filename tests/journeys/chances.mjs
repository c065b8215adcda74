// A small generator, so that a seed repeats what it decided: chances(seed)(6) is one of 0 … 5.
export function chances(seed) {
    let state = seed >>> 0;
    return (below) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
    };
}
