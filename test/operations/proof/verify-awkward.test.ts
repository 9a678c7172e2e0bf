import { awkwardProvesIn } from './awkward-proofs.ts';

awkwardProvesIn(['a temporary cluster of PostgreSQL 17', 'a throwaway container']);
