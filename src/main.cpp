#include "app/command_line.h"

int main(int argc, char** argv) { return sallyport::app::run(argc, argv); }
