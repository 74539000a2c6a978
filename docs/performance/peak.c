/* The multiply-adds that a processor can do: a loop of nothing else, in GFLOP/s for one
 * thread and for two.
 *
 *     gcc -O3 -march=native -pthread docs/performance/peak.c -o /tmp/peak && /tmp/peak
 *
 * Where the processor has products of bfloat16 (AVX512_BF16), theirs too. */
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif
enum { SUMS = 12, ROUNDS = 40000000 };
typedef float lanes __attribute__((vector_size(4 * LANES)));

static volatile float sink;

static void *float32(void *unused) {
  lanes sums[SUMS], x = (lanes){0} + 0.99f, y = (lanes){0} + 0.01f;
  for (int j = 0; j < SUMS; j++) sums[j] = (lanes){0} + (float)j; /* alike, they would be one */
  for (long i = 0; i < ROUNDS; i++)
    for (int j = 0; j < SUMS; j++) sums[j] = sums[j] * x + y;
  for (int j = 0; j < SUMS; j++) sink += sums[j][0];
  return unused;
}

#ifdef __AVX512BF16__
static void *bfloat16(void *unused) {
  __m512 sums[SUMS];
  for (int j = 0; j < SUMS; j++) sums[j] = _mm512_set1_ps(j);
  __m512bh x = (__m512bh)_mm512_set1_epi32(0x3f003f00);
  for (long i = 0; i < ROUNDS; i++) {
    for (int j = 0; j < SUMS; j++) sums[j] = _mm512_dpbf16_ps(sums[j], x, x);
    __asm__ volatile("" : "+v"(x));
  }
  for (int j = 0; j < SUMS; j++) sink += sums[j][0];
  return unused;
}
#endif

static void measure(const char *name, void *(*loop)(void *), int flop) {
  for (int threads = 1; threads <= 2; threads++) {
    pthread_t thread[2];
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (int i = 0; i < threads; i++) pthread_create(&thread[i], NULL, loop, NULL);
    for (int i = 0; i < threads; i++) pthread_join(thread[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    double seconds = ended.tv_sec - began.tv_sec + 1e-9 * (ended.tv_nsec - began.tv_nsec);
    printf("%s, threads: %d, GFLOP/s: %.0f\n", name, threads, 1e-9 * threads * ROUNDS * SUMS * flop * LANES / seconds);
  }
}

int main(void) {
  measure("float32", float32, 2);
#ifdef __AVX512BF16__
  measure("bfloat16", bfloat16, 4);
#endif
}
