/** Every field of a type, the optional ones too: a new one is a compile error until a backup has it. */
export type Fields<T> = { readonly [Name in keyof T]-?: unknown };
