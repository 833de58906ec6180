/** The part of a browser's private file system that the wallet uses, in memory: text files in folders. */
export class PrivateFiles {
  readonly files = new Map<string, string>();

  root(): FileSystemDirectoryHandle {
    return this.#folder('') as unknown as FileSystemDirectoryHandle;
  }

  #folder(path: string) {
    const { files } = this;
    const open = (name: string) => this.#file(`${path}/${name}`);
    return {
      getDirectoryHandle: async (name: string) => this.#folder(`${path}/${name}`),
      getFileHandle: async (name: string, { create = false } = {}) => {
        if (!files.has(`${path}/${name}`)) {
          if (!create) throw new DOMException('', 'NotFoundError');
          files.set(`${path}/${name}`, '');
        }
        return open(name);
      },
      removeEntry: async (name: string) => {
        if (!files.delete(`${path}/${name}`)) throw new DOMException('', 'NotFoundError');
      },
      async *keys() {
        for (const name of [...files.keys()]) {
          if (name.startsWith(`${path}/`)) yield name.slice(path.length + 1);
        }
      },
    };
  }

  #file(path: string) {
    let written = '';
    return {
      getFile: async () => ({ text: async () => this.files.get(path) ?? '' }),
      createWritable: async () => ({
        write: async (text: string) => {
          written += text;
        },
        close: async () => {
          this.files.set(path, written);
        },
      }),
    };
  }
}
