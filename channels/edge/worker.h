// What one worker thread does: runs handlers, and sends their answers if the socket takes them at once.
#pragma once
#include "channels/edge/listener.h"
#include "channels/edge/waiting_room.h"

namespace huiyin::http {

// Until `jobs` is closed and empty. Threads: any number of these at once. `abandoned`: what is still in the queue is
// dropped unhandled, because its connections are closed.
void work(Queue<Job>& jobs, const std::shared_ptr<Mailbox>& mailbox, Listener& listener, const ServerOptions& options,
          const std::atomic<bool>& abandoned);

// 500 for the client, with an id under which the log says what it was.
Answer failed(Mailbox& mailbox, std::string_view route, std::string_view what, bool hook);

}  // namespace huiyin::http
