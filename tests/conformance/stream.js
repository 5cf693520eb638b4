/** What an observable tells, as an async iterator: nothing is lost between two calls of next(). */
export function stream(subscribe) {
  const told = [];
  const waiting = [];
  let ending;

  const tell = (settle) => {
    const reader = waiting.shift();
    if (reader) settle(reader);
    else told.push(settle);
  };
  const end = (settle) => {
    if (ending) return;
    ending = settle;
    for (const reader of waiting.splice(0)) settle(reader);
  };
  const done = (reader) => reader.resolve({ value: undefined, done: true });

  const stop = subscribe({
    next: (value) => tell((reader) => reader.resolve({ value, done: false })),
    error: (error) => end((reader) => reader.reject(error)),
    complete: () => end(done),
  });

  return {
    next: () =>
      new Promise((resolve, reject) => {
        const reader = { resolve, reject };
        const settle = told.shift() ?? ending;
        if (settle) settle(reader);
        else waiting.push(reader);
      }),
    return: async () => {
      stop();
      end(done);
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
