"""What learners and teachers can do, one activity a file. Each service takes its ports as arguments."""
