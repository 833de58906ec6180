/** Every field of a type, optional ones too. A new field is a compile error until the schema of the backup has it. */
export type Fields<T> = { readonly [Name in keyof T]-?: unknown };
