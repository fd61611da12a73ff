"""What a string off a scanner means, and how our codes and labels are made. Imports nothing of ours."""
