/* kov-tool contract print [DIRECTORY] */
#ifndef KOV_TOOL_CONTRACT_PRINT_H
#define KOV_TOOL_CONTRACT_PRINT_H

/* argv[1] is the directory, else KOV_CONTRACT is. 0: printed; 1: the
 * contract is not fit; 2: usage */
int tool_contract_print(int argc, char **argv);

#endif
