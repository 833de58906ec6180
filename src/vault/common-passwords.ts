/** Words that make up most of the passwords people choose, in lower case and without look-alike characters. */
export const COMMON_PASSWORDS: readonly string[] = (
  'password passwort passwd pass admin administrator root login welcome letmein secret default test guest user ' +
  'master hello access private security monkey dragon shadow sunshine princess football baseball soccer hockey ' +
  'superman batman pokemon starwars trustno michael jordan jennifer jessica ashley daniel thomas charlie andrew ' +
  'robert hunter ranger buster tigger killer pepper ginger summer winter spring autumn freedom whatever flower ' +
  'lovely iloveyou love computer internet samsung google apple cookie chocolate cheese banana purple orange silver ' +
  'diamond mustang ferrari corvette harley yankees liverpool arsenal chelsea barcelona matrix maggie bailey ' +
  'wallet crypto bitcoin nano satoshi hodl moon purse money bank changeme'
).split(' ');
