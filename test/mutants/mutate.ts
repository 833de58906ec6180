/** Mutants of a module: the same source with one small fault each, of the kinds that people make. */
import { type ESTree, parseSync, Visitor } from 'vite';

/** One fault: the source from `start` to `end` (offsets) becomes `replacement`. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly original: string;
  readonly replacement: string;
  /** Counted from 1. */
  readonly line: number;
}

type Node = ESTree.Node;

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<<': ['>>'],
  '>>': ['<<'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
  '+=': ['-='],
  '-=': ['+='],
};

const METHODS = new Map(
  Object.entries({
    some: 'every',
    every: 'some',
    startsWith: 'endsWith',
    endsWith: 'startsWith',
    min: 'max',
    max: 'min',
  }),
);

/** Methods whose call may be left out: `list.filter(f)` becomes `list`. */
const LEFT_OUT = new Set(['filter', 'slice', 'trim', 'toLowerCase', 'toUpperCase', 'sort', 'reverse']);

/** Errors whose message no user sees: a `Fault` has its own. */
const PLAIN_ERRORS = ['Error', 'RangeError', 'TypeError'];

/** What may not be changed, since it has no effect when it runs: types, imports, and names of properties. */
const UNTOUCHED = [
  'ImportDeclaration',
  'ExportAllDeclaration',
  'TSTypeAnnotation',
  'TSTypeAliasDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeParameterInstantiation',
  'TSTypeParameterDeclaration',
  'TSLiteralType',
  'TSTypeReference',
  'TSUnionType',
  'TSArrayType',
  'TSTypeOperator',
] as const;

/**
 * The mutants of a TypeScript source, in the order of the text. Strings of `console` calls, of thrown plain errors and of
 * schemas are left alone: they are for developers.
 */
export function mutantsOf(source: string): readonly Mutant[] {
  const { program, errors } = parseSync('module.ts', source);
  if (errors.length > 0) throw new Error(errors[0]?.message);
  const mutants: Mutant[] = [];
  const untouched: { readonly start: number; readonly end: number }[] = [];
  const replace = ({ start, end }: { readonly start: number; readonly end: number }, replacement: string) => {
    const line = source.slice(0, start).split('\n').length;
    mutants.push({ start, end, original: source.slice(start, end), replacement, line });
  };
  const text = ({ start, end }: Node) => source.slice(start, end);
  /** The text of an operator, between its two sides. */
  const between = (left: Node, right: Node, operator: string) => {
    const start = source.indexOf(operator, left.end);
    if (start + operator.length > right.start) throw new Error(`no ${operator} after ${text(left)}`);
    return { start, end: start + operator.length };
  };
  const operator = (
    node: ESTree.BinaryExpression | ESTree.LogicalExpression | ESTree.AssignmentExpression,
  ) => {
    for (const other of OPERATORS[node.operator] ?? []) {
      replace(between(node.left, node.right, node.operator), other);
    }
  };
  const condition = (test: Node) => {
    replace(test, 'true');
    replace(test, 'false');
  };
  const keep = (node: Node) => untouched.push(node);

  new Visitor({
    ...Object.fromEntries(UNTOUCHED.map((type) => [type, keep])),
    BinaryExpression: operator,
    LogicalExpression: operator,
    AssignmentExpression: operator,
    ConditionalExpression: ({ test }) => condition(test),
    IfStatement: ({ test }) => condition(test),
    WhileStatement: ({ test }) => replace(test, 'false'),
    UnaryExpression(node) {
      if (node.operator === '!') replace(node, text(node.argument));
    },
    Literal(node) {
      if (typeof node.value === 'boolean') replace(node, String(!node.value));
      else if (typeof node.value === 'number') replace(node, `(${node.raw} + 1)`);
      else if (typeof node.value === 'bigint') replace(node, `(${node.raw} + 1n)`);
      else if (typeof node.value === 'string') replace(node, node.value === '' ? "'mutant'" : "''");
    },
    ArrayExpression(node) {
      if (node.elements.length > 0) replace(node, '[]');
    },
    Property({ key, computed }) {
      if (!computed) keep(key);
    },
    PropertyDefinition({ key, computed }) {
      if (!computed) keep(key);
    },
    CallExpression(node) {
      const { callee } = node;
      if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
        return;
      const { name } = callee.property;
      const other = METHODS.get(name);
      if (other !== undefined) replace(callee.property, other);
      if (LEFT_OUT.has(name)) replace(node, text(callee.object));
      if (text(callee.object) === 'console') keep(node);
      // What a schema says of a wrong value is for developers.
      if (text(callee) === 'v.check') for (const message of node.arguments.slice(1)) keep(message);
      // The name of a brand is for the compiler.
      if (text(callee) === 'v.brand') for (const name of node.arguments) keep(name);
    },
    ExpressionStatement(node) {
      if (!('directive' in node && node.directive)) replace(node, ';');
    },
    ThrowStatement({ argument }) {
      if (argument.type === 'NewExpression' && PLAIN_ERRORS.includes(text(argument.callee))) keep(argument);
    },
    TSAsExpression: ({ typeAnnotation }) => void keep(typeAnnotation),
    TSSatisfiesExpression: ({ typeAnnotation }) => void keep(typeAnnotation),
  }).visit(program);

  return mutants
    .filter((one) => !untouched.some(({ start, end }) => start <= one.start && one.end <= end))
    .sort((one, other) => one.start - other.start);
}

/** The source with the fault in it. */
export function mutate(source: string, { start, end, replacement }: Mutant): string {
  return source.slice(0, start) + replacement + source.slice(end);
}
