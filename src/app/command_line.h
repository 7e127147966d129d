#pragma once
// `sallyport COMMAND ...`: the exit code is the process's. 0 done, 1 it failed, 2 wrong arguments or settings.

namespace sallyport::app {

int run(int argc, char** argv);

}  // namespace sallyport::app
