import { allWays, awkwardProvesIn } from './awkward-proofs.ts';

awkwardProvesIn(allWays);
