// The time of MPI's own MPI_Allreduce, as OSU's osu_allreduce measures it: mpicc -O2 allreduce.c -o allreduce; mpirun -n 2 ./allreduce.
// Writes a line for each length: count of numbers, microseconds.
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    for (int i = 1; i < argc; i++)
    {
        int count = atoi(argv[i]);
        int rounds = count < 10000 ? 1000 : count < 1000000 ? 200 : 10;
        float *numbers = malloc(sizeof(float) * count);
        memset(numbers, 0, sizeof(float) * count);
        for (int warm = 0; warm < 3 + rounds / 10; warm++)
            MPI_Allreduce(MPI_IN_PLACE, numbers, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
        double start = MPI_Wtime();
        for (int round = 0; round < rounds; round++)
            MPI_Allreduce(MPI_IN_PLACE, numbers, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
        double took = (MPI_Wtime() - start) / rounds * 1e6;
        if (rank == 0)
            printf("%d %.2f\n", count, took);
        free(numbers);
    }
    MPI_Finalize();
    return 0;
}
