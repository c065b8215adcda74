// huiyin doctor: is everything in order? A line each, with the mend.
#pragma once

namespace CLI {
class App;
}

namespace huiyin {
void add_doctor_command(CLI::App& app);
}
