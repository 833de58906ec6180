/**
 * What to turn away where there is too much: the newest of the largest group and, within that, of its largest group, and
 * so on along the paths. One that has few is never turned away for one that has many. Of groups of one size the newcomer's
 * is taken, so that a newcomer displaces only those that have more than it.
 *
 * @param all oldest first, the newcomer last.
 */
export function mostCrowded<T>(all: readonly T[], pathOf: (one: T) => readonly string[]): T | undefined {
  let crowd = all.map((one) => ({ one, path: pathOf(one) }));
  for (let depth = 0; crowd.some(({ path }) => path.length > depth); depth++) {
    const groups = new Map<string | undefined, typeof crowd>();
    for (const member of crowd) {
      const group = groups.get(member.path[depth]);
      if (group === undefined) groups.set(member.path[depth], [member]);
      else group.push(member);
    }
    const newcomer = crowd.at(-1);
    const sizeOf = (group: typeof crowd) => group.length + (group.at(-1) === newcomer ? 0.5 : 0);
    crowd = [...groups.values()].reduce((largest, group) =>
      sizeOf(group) > sizeOf(largest) ? group : largest,
    );
  }
  return crowd.at(-1)?.one;
}
