/** Every field of a type, optional ones too. A field that the schema of the backup lacks does not compile. */
export type Fields<T> = { readonly [Name in keyof T]-?: unknown };
