// The typed client of /chat and /api/v1, shared by the three entries. The types say what an answer carries; fields that
// a policy may leave out are optional. Times are RFC 3339 texts with offset.
export * from './http';
export * from './talk';
export * from './pack';
export * from './ticket';
export * from './staff';
export * from './reports';
export * from './directory';
export * from './privacy';
export * from './second_factor';
