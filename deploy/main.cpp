#include <cstdio>
int main() {
    std::puts("huiyin " HUIYIN_VERSION);
    return 0;
}
