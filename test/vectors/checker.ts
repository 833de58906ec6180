/**
 * What the vector runner needs to check a section: a section of a vector file is the value of one of its
 * top-level keys, and a checker turns it into the cases it stands for. A case passes when `run` does not throw.
 */
export interface VectorCase {
  /** Which vector this is, as a failure line should name it. */
  readonly name: string;
  readonly run: () => void | Promise<void>;
}

/** The sections of a file, and where it lacks one, those of the files beside it. */
export type VectorFile = Readonly<Record<string, unknown>>;

/** Reads one section, whose values are unknown until now. Throws when the section does not have the shape it knows. */
export type SectionChecker = (section: unknown, file?: VectorFile) => readonly VectorCase[];

/** The sections one room can check, by their name in the vector files. */
export type CheckerTable = Readonly<Record<string, SectionChecker>>;
