/* The time of day of a process, moved: preloaded, it adds the 64-bit nanoseconds that the file $FAULT_CLOCK begins with.
 * The kernel lives by its own time, so a deadline that a process waits for is moved back. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static int (*real)(clockid_t, struct timespec *);
static volatile int64_t *ahead;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_CLOCK");
    int file = path ? open(path, O_RDONLY) : -1;
    void *found = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
    real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    if (found != MAP_FAILED) ahead = found;
    if (file >= 0) close(file);
}

int clock_gettime(clockid_t which, struct timespec *at) {
    if (!real) begin();
    int failed = real(which, at);
    if (!failed && ahead && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) {
        int64_t moved = (int64_t)at->tv_sec * 1000000000 + at->tv_nsec + *ahead;
        at->tv_sec = moved / 1000000000;
        at->tv_nsec = moved % 1000000000;
    }
    return failed;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    int failed = clock_gettime(CLOCK_REALTIME, &now);
    (void)zone;
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return failed;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}

static struct timespec kernels(const struct timespec *until) {
    struct timespec moved = *until;
    if (ahead && moved.tv_sec > 1000000000) { /* a date, no time since boot */
        int64_t at = (int64_t)moved.tv_sec * 1000000000 + moved.tv_nsec - *ahead;
        moved.tv_sec = at / 1000000000;
        moved.tv_nsec = at % 1000000000;
    }
    return moved;
}

int pthread_cond_timedwait(pthread_cond_t *what, pthread_mutex_t *lock, const struct timespec *until) {
    static int (*wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    struct timespec moved = kernels(until);
    if (!wait) { /* without its version, the oldest is found */
        void *found = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
        wait = (__typeof__(wait))(found ? found : dlsym(RTLD_NEXT, "pthread_cond_timedwait"));
    }
    return wait(what, lock, &moved);
}

int cnd_timedwait(cnd_t *what, mtx_t *lock, const struct timespec *until) {
    static int (*wait)(cnd_t *, mtx_t *, const struct timespec *);
    struct timespec moved = kernels(until);
    if (!wait) wait = (__typeof__(wait))dlsym(RTLD_NEXT, "cnd_timedwait");
    return wait(what, lock, &moved);
}
