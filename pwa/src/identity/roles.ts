// What the roles of a ward are called, in full and in short.
import type { StaffRow } from "../core/wire.ts";

type Role = StaffRow["role"];

const vi = {
  roles: {
    nurse: "Điều dưỡng",
    midwife: "Hộ sinh",
    charge_nurse: "Điều dưỡng trưởng",
    physician: "Bác sĩ",
    pharmacist: "Dược sĩ",
    student: "Học viên",
    clerk: "Tiếp đón",
    administrator: "Quản trị viên",
  } satisfies Record<Role, string> as Record<Role, string>,
  roles_short: {
    nurse: "ĐD",
    midwife: "HS",
    charge_nurse: "ĐDT",
    physician: "BS",
    pharmacist: "DS",
    student: "Học viên",
    clerk: "Tiếp đón",
    administrator: "Quản trị",
  } satisfies Record<Role, string> as Record<Role, string>,
};

const en: typeof vi = {
  roles: {
    nurse: "Nurse",
    midwife: "Midwife",
    charge_nurse: "Charge nurse",
    physician: "Physician",
    pharmacist: "Pharmacist",
    student: "Student",
    clerk: "Admission clerk",
    administrator: "Administrator",
  },
  roles_short: {
    nurse: "Nurse",
    midwife: "Midwife",
    charge_nurse: "Charge nurse",
    physician: "Physician",
    pharmacist: "Pharmacist",
    student: "Student",
    clerk: "Clerk",
    administrator: "Admin",
  },
};

export const roles = { vi, en };
