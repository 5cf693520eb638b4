// The operations of operations.graphql by their names, each a document of its own, and one that no schema takes.

import { readFileSync } from 'node:fs';

import { parse, print } from 'graphql';

const { definitions } = parse(readFileSync(new URL('operations.graphql', import.meta.url), 'utf8'));

export const documents = Object.fromEntries(definitions.map((each) => [each.name.value, print(each)]));
export const unknownField = 'query UnknownField { nothingOfTheSort }';
