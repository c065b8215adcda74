// huiyin policy check | explain | eval: a policy, looked at without a service.
#pragma once

namespace CLI {
class App;
}

namespace huiyin {

// Adds `policy` and its subcommands. They print to standard output, what is wrong to standard error
// (`huiyin: what: where: how to mend`), and end by throwing CLI::RuntimeError{1} when something was refused.
void add_policy_commands(CLI::App& app);

}  // namespace huiyin
